import EventFormats
import PostgresClient
public import TableStructure

/// A table of a set, as one node has it.
public struct RegisteredTable: Codable, Sendable, Equatable {
  /// Its name in the set.
  public var name: String
  /// Whether it is replicated on the node.
  public var isLocal: Bool
  /// `nil` before the copy; `in-copy`, `catching-up`, `wanna-sync:TICK`, `do-sync:TICK`, `ok`.
  public var state: String?
  /// Its name on the node, if that is another one.
  public var destination: String?
  /// Its attributes on the node.
  public var attributes: RegisteredAttributes
  /// Why its attributes cannot be read, if that is so: then it seems to have none, and they are to be set anew.
  public var damage: String?
  /// Whether the copy took down indexes and keys that are not back yet.
  public var hasParkedDefinition = false
  /// Why its copy stands still; it is tried again.
  public var copyError: String?

  /// The name that it has on the node.
  public var localName: CatalogName { CatalogName(unquoted: destination ?? name) }
  /// Whether the node has all its rows and applies every change.
  public var isInSync: Bool { isLocal && state == "ok" }

  static func read(_ queue: String, _ connection: PostgresConnection) async throws -> [RegisteredTable] {
    var tables = try await connection.query(
      """
      select table_name, local, merge_state, dest_table, table_attrs, dropped_ddl is not null
      from londiste.table_info where queue_name = \(queue) order by nr, table_name
      """
    ).map { row in
      var table = RegisteredTable(
        name: try row.decode(0), isLocal: try row.decode(1), state: try row.decode(2), destination: try row.decode(3),
        attributes: RegisteredAttributes(), hasParkedDefinition: try row.decode(5))
      do {
        table.attributes = try RegisteredAttributes.reading(try row.decode(4))
      } catch let error as HandlerError {
        table.damage = error.problem
      }
      return table
    }
    // Nodes of the original do not have it.
    let isThere = try await connection.query(
      """
      select coalesce(has_table_privilege(c.oid, 'select'), false) from pg_class c where c.oid = to_regclass('trunkline.set_copy')
      """)
    guard try isThere.first?.decode(0) == true else { return tables }
    let errors = try await connection.query(
      "select table_name, error from trunkline.set_copy where queue_name = \(queue) and error is not null")
    for row in errors {
      let (name, error) = try row.decode(String.self, String.self)
      for index in tables.indices where tables[index].name == name { tables[index].copyError = error }
    }
    return tables
  }
}

/// A sequence of a set, as one node has it.
public struct RegisteredSequence: Codable, Sendable, Equatable {
  /// Its name.
  public var name: String
  /// Whether the node keeps it.
  public var isLocal: Bool
  /// The value that the root published last; ahead of the root's own.
  public var published: Int64

  static func read(_ queue: String, _ connection: PostgresConnection) async throws -> [RegisteredSequence] {
    try await connection.query(
      "select seq_name, local, last_value from londiste.seq_info where queue_name = \(queue) order by nr, seq_name"
    ).map { RegisteredSequence(name: try $0.decode(0), isLocal: try $0.decode(1), published: try $0.decode(2)) }
  }
}
