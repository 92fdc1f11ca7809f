import PostgresClient

/// The events of a batch, read from the server as they are asked for.
public struct EventSequence: AsyncSequence, Sendable {
  /// One event.
  public typealias Element = QueueEvent

  let reader: PostgresConnection
  let sql: String

  /// Reads the batch from its first event.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(reader: reader, sql: sql) }

  /// Reads pages of about 64 kB.
  public struct AsyncIterator: AsyncIteratorProtocol {
    private let reader: PostgresConnection
    private let sql: String
    private var copy: PostgresCopyStream?
    private var page: EventPage?
    private var position = 0

    init(reader: PostgresConnection, sql: String) {
      self.reader = reader
      self.sql = sql
    }

    /// The next event; `nil` after the last.
    ///
    /// - Throws: `PostgresError`; `CancellationError`.
    public mutating func next() async throws -> QueueEvent? {
      while true {
        if let page, let end = page.endOfRow(from: position) {
          defer { position = end + 1 }
          return QueueEvent(page: page, start: position, end: end)
        }
        if copy == nil { copy = try await reader.openCopyOut("copy (\(sql)) to stdout") }
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
