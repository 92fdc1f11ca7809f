/// The part of a queue between two ticks: after `start`, up to `end`. What a batch covers.
public struct TickRange: Hashable, Sendable, CustomStringConvertible {
  /// The tick whose snapshot saw everything before the range.
  public let start: Int64
  /// The tick whose snapshot sees everything in the range.
  public let end: Int64

  /// A range between two ticks.
  /// - Throws: `FormatError` unless `start` is before `end`.
  public init(start: Int64, end: Int64) throws(FormatError) {
    guard start < end else {
      throw FormatError(format: "tick range", problem: "starts at or after its end", offset: 0)
    }
    self.start = start
    self.end = end
  }

  /// Whether `next` begins where this one ends.
  public func isFollowed(by next: TickRange) -> Bool { end == next.start }

  /// For example `17..18`.
  public var description: String { "\(start)..\(end)" }

  /// Whether an event of `transaction` belongs between two snapshots: seen by the later, not yet by the earlier.
  public static func contains(
    _ transaction: UInt64, after start: TransactionSnapshot, upTo end: TransactionSnapshot
  ) -> Bool {
    end.sees(transaction) && !start.sees(transaction)
  }
}
