/// A capture as it is registered in a database: the changes of one table go into one queue.
public struct TableCapture: Sendable, Equatable {
  /// How the triggers see changes.
  public enum Mode: String, Sendable {
    /// Once per statement, with all its rows. For ordinary tables.
    case statement
    /// Once per row. For partitioned tables and inheritance trees.
    case row
  }

  /// The table as SQL writes it, with its schema.
  public var table: String
  /// The queue.
  public var queue: String
  /// How it is captured.
  public var mode: Mode
  /// The columns that identify a row.
  public var key: [String]
  /// The options it was made with; the key only in ``key``.
  public var options: CaptureOptions

  /// Describes a capture.
  public init(table: String, queue: String, mode: Mode, key: [String], options: CaptureOptions = CaptureOptions()) {
    self.table = table
    self.queue = queue
    self.mode = mode
    self.key = key
    self.options = options
  }
}
