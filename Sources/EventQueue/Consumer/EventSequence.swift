import PostgresClient

/// The events of a batch, read from the server as they are asked for.
public struct EventSequence: AsyncSequence, Sendable {
  /// One event.
  public typealias Element = QueueEvent

  let reader: PostgresConnection
  let sql: String
  let heartbeat: Heartbeat
  let metrics: ConsumerMetrics

  /// Reads the batch from its first event.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(sequence: self) }

  /// Reads pages of about 64 kB.
  public struct AsyncIterator: AsyncIteratorProtocol {
    private let sequence: EventSequence
    private var copy: PostgresCopyStream?
    private var page: EventPage?
    private var position = 0
    private var count = 0

    init(sequence: EventSequence) { self.sequence = sequence }

    /// The next event; `nil` after the last.
    ///
    /// - Throws: `PostgresError`, SQLSTATE TL001 when the batch was lost to another process; `CancellationError`.
    public mutating func next() async throws -> QueueEvent? {
      while true {
        if let page, let end = page.endOfRow(from: position) {
          defer { position = end + 1 }
          count += 1
          return QueueEvent(page: page, start: position, end: end)
        }
        sequence.metrics.receive(count)
        count = 0
        try sequence.heartbeat.check()
        if copy == nil { copy = try await sequence.reader.openCopyOut("copy (\(sequence.sql)) to stdout") }
        guard let chunk = try await copy?.next() else {
          page = nil
          return nil
        }
        page = EventPage(chunk)
        position = 0
      }
    }
  }
}
