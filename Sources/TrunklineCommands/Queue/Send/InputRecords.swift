@preconcurrency import Dispatch
import Glibc
import ServiceRuntime

/// Divides a stream of bytes into records that end with a separator. A pure value; a thin shell reads.
struct RecordDivider: Sendable {
  let separator: UInt8
  private var rest: [UInt8] = []
  private var isSkippingReturn: Bool { separator == UInt8(ascii: "\n") }

  init(separator: UInt8) { self.separator = separator }

  /// Bytes of the record that has no end yet.
  var unfinishedBytes: Int { rest.count }

  /// Adds what was read.
  ///
  /// - Returns: the records that are complete now; a carriage return before a line feed belongs to neither.
  mutating func add(_ bytes: [UInt8]) -> [[UInt8]] {
    var records: [[UInt8]] = []
    var start = bytes.startIndex
    while let end = bytes[start...].firstIndex(of: separator) {
      rest += bytes[start..<end]
      records.append(take())
      start = end + 1
    }
    rest += bytes[start...]
    return records
  }

  /// The last record, when it was not ended.
  mutating func finish() -> [UInt8]? { rest.isEmpty ? nil : take() }

  private mutating func take() -> [UInt8] {
    defer { rest = [] }
    if isSkippingReturn, rest.last == UInt8(ascii: "\r") { rest.removeLast() }
    return rest
  }
}

/// Records of a file descriptor, as they come.
final class InputRecords {
  /// What a look at the input found.
  enum Portion: Sendable {
    case records([[UInt8]])
    /// Nothing came within the time.
    case silence
    case end
  }

  /// PostgreSQL takes no more in one value.
  static let largestRecord = 1 << 30

  private let descriptor: Int32
  private var divider: RecordDivider
  private var hasEnded = false

  init(descriptor: Int32, separator: UInt8) {
    self.descriptor = descriptor
    divider = RecordDivider(separator: separator)
  }

  /// Waits for records, at most for this time.
  ///
  /// - Throws: ``CommandError`` when the input cannot be read or a record is too large.
  func next(waiting time: Duration?) async throws -> Portion {
    guard !hasEnded else { return .end }
    guard let bytes = try await Self.read(descriptor, waiting: time) else { return .silence }
    guard !bytes.isEmpty else {
      hasEnded = true
      return divider.finish().map { .records([$0]) } ?? .end
    }
    let records = divider.add(bytes)
    guard divider.unfinishedBytes < Self.largestRecord else {
      throw CommandError("the input holds an event of more than a gigabyte", exitCode: .badData)
    }
    return .records(records)
  }

  /// Reads on a thread that may be blocked.
  ///
  /// - Returns: nothing at the end, nil when nothing came.
  private static func read(_ descriptor: Int32, waiting time: Duration?) async throws -> [UInt8]? {
    let milliseconds = time.map { Int32(clamping: Int64($0 / .milliseconds(1))) } ?? -1
    let result: Result<[UInt8]?, CommandError> = await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        if Glibc.poll(&poll, 1, milliseconds) == 0 { return continuation.resume(returning: .success(nil)) }
        var problem: Int32?
        let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
          repeat { count = Glibc.read(descriptor, buffer.baseAddress, buffer.count) } while count < 0 && errno == EINTR
          if count < 0 {
            problem = errno
            count = 0
          }
        }
        if let problem {
          let reason = String(cString: strerror(problem))
          continuation.resume(returning: .failure(CommandError("the input cannot be read: \(reason)")))
        } else {
          continuation.resume(returning: .success(bytes))
        }
      }
    }
    return try result.get()
  }
}
