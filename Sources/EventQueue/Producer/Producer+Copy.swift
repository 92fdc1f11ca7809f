import EventFormats
public import PostgresClient

extension Producer {
  /// Sends many events by COPY, which is the quickest way for millions of them. Memory stays constant.
  ///
  /// It writes directly into the queue's current event table, so the role must be allowed to: members of `pgq_admin` are. It
  /// joins the transaction that is open on the connection; if there is none, it makes one. The ids are not known
  /// afterwards.
  ///
  /// - Parameters:
  ///   - connection: to the queue's database.
  ///   - body: gets a writer; may take its time, as the server waits.
  /// - Returns: the number of events.
  /// - Throws: `PostgresError`: what the server refuses, `misuse` for an event with a delay or a deduplication key; what
  ///   `body` throws. No event is sent then.
  @discardableResult
  public func copy(
    over connection: PostgresConnection, _ body: @escaping @Sendable (EventCopyWriter) async throws -> Void
  ) async throws -> Int {
    guard await connection.isInTransaction else {
      return try await connection.transaction { try await copyInTransaction($0, body) }
    }
    return try await copyInTransaction(connection, body)
  }

  private func copyInTransaction(
    _ connection: PostgresConnection, _ body: @escaping @Sendable (EventCopyWriter) async throws -> Void
  ) async throws -> Int {
    // The table is good for this transaction only; the function takes the transaction's id before it looks.
    guard
      let row = try await connection.query("select pgq.current_event_table(\(queue)), now()").first
    else { throw PostgresError(.decoding, "pgq.current_event_table() returned nothing") }
    let (table, time) = try row.decode(String.self, String.self)
    // ev_id takes its default: the ticker sees new events by the sequence.
    return try await connection.copyIn(
      "copy \(table) (ev_time, ev_type, ev_data, ev_extra3, ev_extra4) from stdin"
    ) { writer in
      let events = EventCopyWriter(writer: writer, time: time)
      try await body(events)
      try await events.flush()
    }
  }
}

/// Takes the events of ``Producer/copy(over:_:)``. Valid only inside the closure that got it.
public actor EventCopyWriter {
  private let writer: PostgresCopyWriter
  private let time: [UInt8]
  private var buffer: [UInt8] = []

  /// Written to the server in pieces of this size.
  private static let pieceSize = 1 << 16

  init(writer: PostgresCopyWriter, time: String) {
    self.writer = writer
    self.time = Array(time.utf8)
    buffer.reserveCapacity(Self.pieceSize * 2)
  }

  /// Sends one event. Waits while the server is slower.
  ///
  /// - Throws: `PostgresError`.
  public func send(_ event: OutgoingEvent) async throws {
    try append(event)
    if buffer.count >= Self.pieceSize { try await flush() }
  }

  /// Sends events in their order.
  ///
  /// - Throws: `PostgresError`.
  public func send(contentsOf events: some Sequence<OutgoingEvent> & Sendable) async throws {
    for event in events { try await send(event) }
  }

  func flush() async throws {
    let piece = buffer
    buffer.removeAll(keepingCapacity: true)
    if !piece.isEmpty { try await writer.write(piece) }
  }

  private func append(_ event: OutgoingEvent) throws {
    guard event.delivery == .now, event.deduplication == nil else {
      throw PostgresError(
        .misuse, "COPY cannot send an event with a delay or a deduplication key", hint: "send it with send(_:over:)")
    }
    COPYText.append(time, to: &buffer)
    for field in [event.type, event.payload, event.headersText, event.key] {
      buffer.append(0x09)
      if let field { COPYText.append(field.utf8, to: &buffer) } else { COPYText.appendNull(to: &buffer) }
    }
    buffer.append(0x0a)
  }
}
