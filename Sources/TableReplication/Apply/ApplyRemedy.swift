import EventFormats
import PostgresClient

/// What a person can do about the server's refusals. Each text goes on with "then the worker goes on by itself".
enum ApplyRemedy {
  /// The remedy for an error of a statement that wrote into a table, or of one that only read the events.
  static func text(for error: PostgresError, onSource: Bool = false) -> String {
    (specific(error, onSource: onSource) ?? error.hint ?? "mend the cause") + "; then the worker goes on by itself"
  }

  /// How to leave out an event that nothing can be made of.
  static func leaveOut(_ event: Int64) -> String {
    """
    find out who wrote it; to leave it out, on the source: delete from pgq.event_template where ev_id = \(event) and \
    ev_queue = (its queue_id in pgq.queue); then the worker goes on by itself
    """
  }

  private static func specific(_ error: PostgresError, onSource: Bool) -> String? {
    let side = onSource ? "source" : "target"
    return switch error.sqlState {
    case .insufficientPrivilege: "grant the worker's role on the \(side) what it lacks"
    case .uniqueViolation:
      "change or remove the row of the target that is in the way\(error.detail.map { " (\($0))" } ?? "")"
    case .foreignKeyViolation:
      """
      replicate the referenced table as well; if only the order inside the batch is at fault, make the foreign key \
      deferrable or, as superuser (PostgreSQL 15 or later), grant set on parameter session_replication_role to the \
      worker's role\(error.detail.map { " (\($0))" } ?? "")
      """
    case .notNullViolation, .checkViolation:
      "mend the row at the source, or the constraint \(error.constraint ?? error.column ?? "") of the target"
    case .diskFull: "make room on the disk of the \(side)"
    case .undefinedTable, .undefinedColumn, .undefinedSchema: "create on the \(side) what is missing"
    case "22P05": "mend the value at the source, or use a target database whose encoding can hold it, such as UTF8"
    default: nil
    }
  }
}
