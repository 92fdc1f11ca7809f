import EventFormats
import PostgresClient
import ServiceRuntime

/// A DDL command that an event trigger on the root captured: what is special about it as a script.
public struct CapturedCommand: Sendable, Equatable {
  /// The type of events with commands that nodes do not run without somebody's decision.
  public static let heldEventType = "trunkline.ddl"

  /// What becomes of it on a node.
  public enum Policy: String, Sendable {
    /// It is run.
    case apply
    /// The node stops before it until somebody decides.
    case hold
    /// It is recorded without being run.
    case ignore
  }

  /// Classes of changes, as in `trunkline.ddl_policy`.
  public var classes: [String]
  /// What the root's policy says.
  public var policy: Policy

  /// What the events' `ev_type` and `ev_extra3` say; nil if it is a script of somebody.
  public init?(eventType: String, classes: String?) {
    guard let classes, !classes.isEmpty else { return nil }
    self.classes = classes.split(separator: ",").map(String.init)
    policy = eventType == Self.heldEventType ? .hold : .apply
  }

  /// What becomes of it here: a decision about this command counts most, then the node's own policy, then the root's.
  func policy(name: String, queue: String, _ connection: PostgresConnection) async throws -> Policy {
    let decision: String? = try await connection.query(
      "select decision from trunkline.ddl_decision where queue_name = \(queue) and command_name = \(name)"
    ).first?.decode(0)
    if let decision { return decision == "apply" ? .apply : .ignore }
    let own: [String] = try await connection.query(
      "select policy from trunkline.ddl_policy where queue_name = \(queue) and change_class = any (\(classes))"
    ).map { try $0.decode(0) }
    if own.isEmpty { return policy }
    return own.contains("hold") ? .hold : own.contains("apply") ? .apply : .ignore
  }

  /// Lets the command run as the owner of its table, who could do on the root what it does: not with all the rights of the worker.
  static func becomeOwner(
    _ attributes: ScriptAttributes, queue: String, _ connection: PostgresConnection
  ) async throws {
    guard let table = attributes.conditions.first(where: { $0.kind == .localTable })?.name else { return }
    let owner: String? = try await connection.query(
      """
      select pg_catalog.pg_get_userbyid(c.relowner) from londiste.table_info t
      join pg_catalog.pg_class c on c.oid = londiste.find_table_oid(coalesce(t.dest_table, t.table_name))
      where t.queue_name = \(queue) and t.table_name = londiste.make_fqname(\(table)) and t.local
        and c.relowner <> (select r.oid from pg_catalog.pg_roles r where r.rolname = current_user)
      """
    ).first?.decode(0)
    guard let owner else { return }
    do {
      try await connection.query("select pg_catalog.set_config('role', \(owner), true)")
    } catch let error as PostgresError where error.sqlState == .insufficientPrivilege {
      throw ScriptError(
        "the worker may not become \(owner), the owner of table \(table), to run a captured command",
        hint: "grant \(SQLIdentifier.quote(owner)) to the worker's role", exitCode: .noPermission, cause: error)
    }
  }
}
