/// One event of a queue.
///
/// The fields are read from the server's text when asked for.
public struct QueueEvent: Sendable {
  private let page: EventPage
  private let start: Int
  private let end: Int

  /// A view of one row: `ev_id, ev_time, ev_txid, ev_retry, ev_type, ev_data, ev_extra1 ... ev_extra4` in COPY text.
  package init(page: EventPage, start: Int, end: Int) {
    self.page = page
    self.start = start
    self.end = end
  }

  /// The event's number: unique within its queue, ascending in the order of insertion.
  ///
  /// A retried event comes again under the same number.
  ///
  /// - Throws: ``MalformedEvent`` when the row is none of a queue.
  public var id: Int64 {
    get throws { try number(0, "ev_id") }
  }

  /// When the inserting transaction began, in the text form of the reading session.
  public var time: String {
    get throws { try required(1, "ev_time") }
  }

  /// The inserting transaction, as in `txid_current()`.
  public var transactionID: Int64 {
    get throws { try number(2, "ev_txid") }
  }

  /// How often the event was put aside for a retry; 0 for the first delivery.
  public var retries: Int {
    get throws { try field(3) == nil ? 0 : Int(number(3, "ev_retry")) }
  }

  /// What the producer calls the event.
  public var type: String? { get throws { try field(4) } }
  /// The event's content.
  public var data: String? { get throws { try field(5) } }
  /// First additional field; table events hold the table's name here.
  public var extra1: String? { get throws { try field(6) } }
  /// Second additional field.
  public var extra2: String? { get throws { try field(7) } }
  /// Third additional field.
  public var extra3: String? { get throws { try field(8) } }
  /// Fourth additional field.
  public var extra4: String? { get throws { try field(9) } }

  /// The content with bytes that are no UTF-8 as U+FFFD.
  package var repairedData: String? { get throws { try field(5, repairing: true) } }
  /// The second additional field with bytes that are no UTF-8 as U+FFFD.
  package var repairedExtra2: String? { get throws { try field(7, repairing: true) } }

  private func number(_ position: Int, _ name: String) throws -> Int64 {
    guard let value = Int64(try required(position, name)) else {
      throw MalformedEvent(reason: "\(name) is no number")
    }
    return value
  }

  private func required(_ position: Int, _ name: String) throws -> String {
    guard let text = try field(position) else { throw MalformedEvent(reason: "\(name) is missing") }
    return text
  }

  /// A column's text; `nil` for NULL.
  private func field(_ position: Int, repairing: Bool = false) throws -> String? {
    try page.bytes.withUnsafeBufferPointer { bytes in
      var from = start
      for _ in 0..<position {
        while from < end, bytes[from] != 0x09 { from += 1 }
        guard from < end else { throw MalformedEvent(reason: "a row with too few columns") }
        from += 1
      }
      var to = from
      var isEscaped = false
      while to < end, bytes[to] != 0x09 {
        if bytes[to] == 0x5C { isEscaped = true }
        to += 1
      }
      let value = UnsafeBufferPointer(rebasing: bytes[from..<to])
      guard isEscaped else { return try text(value, repairing) }
      if value.count == 2, value[1] == UInt8(ascii: "N") { return nil }
      return try unescaped(value).withUnsafeBufferPointer { try text($0, repairing) }
    }
  }

  private func text(_ bytes: UnsafeBufferPointer<UInt8>, _ repairing: Bool) throws -> String {
    if repairing { return String(decoding: bytes, as: UTF8.self) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw MalformedEvent(reason: "text that is not UTF-8: the database's encoding is SQL_ASCII")
    }
    return text
  }
}

/// An event row that could not be read. Nothing is skipped: whoever gets this must decide.
public struct MalformedEvent: Error, CustomStringConvertible {
  /// What is wrong with it.
  public var reason: String

  /// The reason in a sentence.
  public var description: String { "an event of the batch cannot be read: \(reason)" }
}

/// Undoes the escapes of COPY's text format.
private func unescaped(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
  var result: [UInt8] = []
  result.reserveCapacity(bytes.count)
  var position = 0
  while position < bytes.count {
    let byte = bytes[position]
    position += 1
    guard byte == 0x5C, position < bytes.count else {
      result.append(byte)
      continue
    }
    let escaped = bytes[position]
    position += 1
    switch escaped {
    case UInt8(ascii: "b"): result.append(0x08)
    case UInt8(ascii: "f"): result.append(0x0C)
    case UInt8(ascii: "n"): result.append(0x0A)
    case UInt8(ascii: "r"): result.append(0x0D)
    case UInt8(ascii: "t"): result.append(0x09)
    case UInt8(ascii: "v"): result.append(0x0B)
    default: result.append(escaped)  // the server sends no octal or hexadecimal escapes
    }
  }
  return result
}
