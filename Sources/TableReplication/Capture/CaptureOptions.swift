/// What of a table is captured, and how.
public struct CaptureOptions: Sendable, Equatable {
  /// Columns that identify a row; nil: the primary key, else the replica identity index.
  public var key: [String]?
  /// Columns to capture besides the key; nil: all.
  public var columns: [String]?
  /// Columns not to capture. An UPDATE that changes none of the captured ones makes no event.
  public var ignore: [String]?
  /// Boolean SQL expression over the columns; rows for which it is not true are as if they did not exist.
  public var when: String?
  /// Whether events of updates carry the old row too.
  public var before: Bool
  /// Whether to leave out rows written with `session_replication_role = replica`, as appliers and logical replication do.
  public var originOnly: Bool

  /// Options; the default captures every column of every row.
  public init(
    key: [String]? = nil, columns: [String]? = nil, ignore: [String]? = nil, when: String? = nil,
    before: Bool = false, originOnly: Bool = false
  ) {
    self.key = key
    self.columns = columns
    self.ignore = ignore
    self.when = when
    self.before = before
    self.originOnly = originOnly
  }
}
