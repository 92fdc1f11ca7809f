/// What a look at one capture found.
public struct CaptureCheck: Sendable, Equatable {
  /// States of a capture.
  public enum State: String, Sendable, CaseIterable {
    /// Works and fits its table.
    case ok
    /// The table was altered or Trunkline upgraded since it was generated; nothing is lost, but writes are slower.
    case stale
    /// The table was altered so that the options do not fit any more.
    case broken
    /// A trigger is missing or disabled: changes are lost.
    case triggers
    /// The table was dropped, or made again.
    case tableGone = "table gone"
    /// The queue was dropped: writes to the table fail.
    case queueGone = "queue gone"
  }

  /// The table as SQL writes it.
  public var table: String
  /// The queue.
  public var queue: String
  /// What was found.
  public var state: State
  /// What is wrong, nil if nothing is.
  public var detail: String?
  /// What to do about it.
  public var remedy: String?

  /// Describes a finding.
  public init(table: String, queue: String, state: State, detail: String? = nil, remedy: String? = nil) {
    self.table = table
    self.queue = queue
    self.state = state
    self.detail = detail
    self.remedy = remedy
  }
}
