/// What a transaction saw: PostgreSQL's `txid_snapshot`, written `xmin:xmax:xip,xip,...`.
public struct TransactionSnapshot: Hashable, Sendable, CustomStringConvertible {
  /// Every transaction before this one had ended.
  public let xmin: UInt64
  /// This transaction and every later one had not begun.
  public let xmax: UInt64
  /// Transactions in progress between the two, in ascending order.
  public let inProgress: [UInt64]

  private static let format = "transaction snapshot"

  /// A snapshot from its parts.
  /// - Throws: `FormatError` when the parts contradict each other.
  public init(xmin: UInt64, xmax: UInt64, inProgress: [UInt64]) throws(FormatError) {
    guard xmin > 0, xmin <= xmax else { throw Self.error("xmin is 0 or after xmax") }
    guard zip(inProgress, inProgress.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw Self.error("transactions in progress are not in ascending order")
    }
    guard inProgress.allSatisfy({ $0 >= xmin && $0 < xmax }) else {
      throw Self.error("transaction in progress outside xmin and xmax")
    }
    self.xmin = xmin
    self.xmax = xmax
    self.inProgress = inProgress
  }

  /// Parses PostgreSQL's text form.
  /// - Throws: `FormatError`.
  public init(parsing text: String) throws(FormatError) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, let xmin = Self.number(parts[0]), let xmax = Self.number(parts[1]) else {
      throw Self.error("not xmin:xmax:list")
    }
    var list: [UInt64] = []
    for item in parts[2].split(separator: ",", omittingEmptySubsequences: false) where !parts[2].isEmpty {
      guard let transaction = Self.number(item) else { throw Self.error("list holds something that is no number") }
      list.append(transaction)
    }
    try self.init(xmin: xmin, xmax: xmax, inProgress: list)
  }

  /// Whether the effects of `transaction` are visible: it had committed, or it had rolled back and has no effects.
  public func sees(_ transaction: UInt64) -> Bool {
    guard transaction >= xmin else { return true }
    guard transaction < xmax else { return false }
    var (low, high) = (0, inProgress.count)
    while low < high {
      let middle = (low + high) / 2
      if inProgress[middle] < transaction { low = middle + 1 } else { high = middle }
    }
    return low == inProgress.count || inProgress[low] != transaction
  }

  /// PostgreSQL's text form.
  public var description: String {
    "\(xmin):\(xmax):\(inProgress.map(String.init).joined(separator: ","))"
  }

  private static func number(_ text: Substring) -> UInt64? {
    guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
    return UInt64(text)
  }

  private static func error(_ problem: String) -> FormatError {
    FormatError(format: format, problem: problem, offset: 0)
  }
}
