package import PostgresClient

/// The events of a batch, read from the server as they are asked for; for workers that keep watch over their batch by
/// themselves.
package struct EventStream: AsyncSequence, Sendable {
  /// One event.
  package typealias Element = QueueEvent

  let reader: PostgresConnection
  let sql: String

  /// Reads what a query with the columns of events returns.
  package init(reader: PostgresConnection, sql: String) {
    self.reader = reader
    self.sql = sql
  }

  /// Reads the batch from its first event.
  package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(stream: self) }

  /// Reads pages of about 64 kB.
  package struct AsyncIterator: AsyncIteratorProtocol {
    private let stream: EventStream
    private var copy: PostgresCopyStream?
    private var page: EventPage?
    private var position = 0

    init(stream: EventStream) { self.stream = stream }

    /// The next event; `nil` after the last.
    ///
    /// - Throws: `PostgresError`; `CancellationError`.
    package mutating func next() async throws -> QueueEvent? {
      while true {
        if let page, let end = page.endOfRow(from: position) {
          defer { position = end + 1 }
          return QueueEvent(page: page, start: position, end: end)
        }
        if copy == nil { copy = try await stream.reader.openCopyOut("copy (\(stream.sql)) to stdout") }
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
