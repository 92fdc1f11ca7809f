import EventFormats
import EventQueue
import Logging
import PostgresClient

/// Fills the staging table of an applier with translated events, and makes the partitions that they need.
actor LoadFeed {
  private let options: LoadOptions
  /// Under which name partitions and events that were put aside are kept; `nil` where there are none.
  private let position: TransferPosition?
  private let maker: PartitionMaker?
  private var tables: [QualifiedName: LoadTable] = [:]
  /// Partitions that are known to be there, and those that this batch made sure of.
  private var partitions: Set<PartitionNeed> = [], fresh: Set<PartitionNeed> = []
  /// Asks the handlers of tables that have one.
  private let stage: HandlerStage?

  /// - Parameter stage: asks the handlers of tables that have one; without it, one is made where there is a position.
  init(_ options: LoadOptions, _ position: TransferPosition?, _ logger: Logger, stage: HandlerStage? = nil) {
    self.options = options
    self.position = position
    maker = position.flatMap { position in
      options.partitions.map {
        PartitionMaker(
          scheme: $0, target: position.connection, origin: position.origin, queue: position.queue,
          consumer: position.consumer, logger: logger)
      }
    }
    self.stage =
      options.handlers.isPassThrough
      ? nil : stage ?? position.map { HandlerStage(options.handlers, ApplyPlace($0), logger) }
  }

  /// Bytes to collect before they are sent.
  private static let pieceSize = 1 << 20
  /// Unreadable events up to which they are put aside; more are no accident.
  private static let mostRejected = 10_000

  /// Stages a batch, as part of the target's open transaction.
  ///
  /// - Throws: ``ApplyError``; `PostgresError`.
  func fill(
    _ batch: EventBatch, _ source: PostgresConnection, _ target: PostgresConnection
  ) async throws -> TableApplier.Fill {
    // What an earlier attempt made was rolled back.
    fresh = []
    var translator = EventTranslator(
      options: options, batchTime: CalendarHour(parsing: batch.currentTickTime), tables: tables)
    var fill = TableApplier.Fill()
    var piece: [UInt8] = []
    var events: [Int64] = []
    var rejected: [Int64: String] = [:]
    var handled = HandledPage()
    try await stage?.begin(batch)
    for try await event in EventStream(reader: source, sql: options.filter.marking(batch.sql)) {
      fill.events += 1
      if stage != nil, let table = try event.extra1, options.handlers.isAsked(table),
        try event.retries != EventFilter.mark
      {
        handled.add(try HandledEvent(event, repairing: options.handlers.repairs(table)))
        if handled.isFull { try await handle(&handled, &fill, &piece, &events, &rejected, target) }
        continue
      }
      let rowsBefore = translator.rows
      do {
        var outcome = try translator.translate(event, to: &piece)
        if case .unknownTable(let name) = outcome {
          let table = try await LoadTable.read(name, target)
          tables[name] = table
          translator.know(name, table)
          outcome = try translator.translate(event, to: &piece)
        }
        switch outcome {
        case .staged:
          for _ in rowsBefore..<translator.rows { events.append(try event.id) }
        case .leftOut, .unknownTable: fill.leftOut += 1
        }
      } catch let error as UnreadableEvent {
        let id = try event.id
        guard options.parksBadEvents, rejected.count < Self.mostRejected else {
          throw ApplyError(
            table: error.table, event: id, reason: error.reason,
            // nodes of a set put nothing aside: they would differ
            remedy: (position == nil ? "" : "--on-bad-event park, or: ") + ApplyRemedy.leaveOut(id))
        }
        rejected[id] = error.reason
      } catch var error as ApplyError {
        error.event = try event.id
        throw error
      }
      if piece.count >= Self.pieceSize {
        fill.staged += try await send(&piece, &events, target)
      }
    }
    try await handle(&handled, &fill, &piece, &events, &rejected, target)
    fill.staged += try await send(&piece, &events, target)
    fill.isIrregular = translator.isIrregular
    if let stage, await stage.isIrregular { fill.isIrregular = true }
    if !rejected.isEmpty { try await reject(rejected, of: batch, source, target) }
    try await makePartitions(translator.partitions)
    try await stage?.makePartitions()
    return fill
  }

  /// Events to be handled together.
  private struct HandledPage {
    var events: [HandledEvent] = []
    private var bytes = 0

    var isFull: Bool { events.count >= 500 || bytes >= LoadFeed.pieceSize }

    mutating func add(_ event: HandledEvent) {
      events.append(event)
      bytes += event.data?.utf8.count ?? 0
    }
  }

  /// Asks the handlers about a page of events.
  private func handle(
    _ page: inout HandledPage, _ fill: inout TableApplier.Fill, _ piece: inout [UInt8], _ events: inout [Int64],
    _ rejected: inout [Int64: String], _ target: PostgresConnection
  ) async throws {
    guard let stage, !page.events.isEmpty else { return }
    let result = try await stage.add(page.events, parks: options.parksBadEvents)
    page = HandledPage()
    fill.leftOut += result.leftOut
    piece += result.bytes
    events += result.events
    rejected.merge(result.rejected) { first, _ in first }
    guard rejected.count < Self.mostRejected else {
      throw ApplyError(
        reason: "more than \(Self.mostRejected) events of the batch cannot be read",
        remedy: "find out what is wrong with the table's handler or its events")
    }
    if piece.count >= Self.pieceSize { fill.staged += try await send(&piece, &events, target) }
  }

  /// Does what handlers want besides rows, once the rows are written.
  ///
  /// - Returns: the number of calls and of events that went into queues.
  /// - Throws: ``ApplyError``; `PostgresError`.
  func complete() async throws -> Int { try await stage?.complete() ?? 0 }

  private func send(
    _ piece: inout [UInt8], _ events: inout [Int64], _ target: PostgresConnection
  ) async throws -> Int {
    guard !piece.isEmpty else { return 0 }
    do {
      let rows = try await target.copyIn("copy \(Staging.table) (\(Staging.columns)) from stdin") { [piece] in
        try await $0.write(piece)
      }
      piece.removeAll(keepingCapacity: true)
      events.removeAll(keepingCapacity: true)
      return rows
    } catch let error as PostgresError where error.needsMending {
      guard let line = CopyPipe.line(error, table: "trunkline_stage"), line <= events.count else { throw error }
      throw ApplyError(
        event: events[line - 1], reason: error.message, remedy: ApplyRemedy.text(for: error), cause: error)
    }
  }

  // MARK: Partitions

  private func makePartitions(_ needs: Set<PartitionNeed>) async throws {
    guard let maker else { return }
    for need in needs.subtracting(partitions).subtracting(fresh).sorted(by: { $0.start < $1.start }) {
      guard let table = tables.values.first(where: { $0.name == need.table }) else { continue }
      try await maker.make(need, of: table)
      fresh.insert(need)
    }
  }

  /// To be told that the batch's transaction was committed.
  func committed() async {
    partitions.formUnion(fresh)
    fresh = []
    await stage?.committed()
  }

  /// To be told that a batch failed: tables may have changed.
  func rolledBack() async {
    partitions = []
    fresh = []
    tables = [:]
    await stage?.rolledBack()
  }

  /// Drops partitions that are older than what is to be kept.
  ///
  /// - Throws: `PostgresError`.
  func dropExpired() async throws {
    guard let maker else { return }
    for name in try await maker.expired() where try await maker.drop(name) { partitions = [] }
  }

  // MARK: Unreadable events

  /// Puts events aside, with the reasons.
  ///
  /// - Throws: `PostgresError`.
  func reject(
    _ reasons: [Int64: String], of batch: EventBatch, _ source: PostgresConnection, _ target: PostgresConnection
  ) async throws {
    guard let position else { return }
    let rows = try await source.query(
      """
      select ev_id, ev_time::text, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4
      from (\(raw: batch.sql)) b where ev_id = any (\(Array(reasons.keys))::int8[])
      """)
    for row in rows {
      let id = try row.decode(0, as: Int64.self)
      let fields = try (1...7).map { try row.decode($0, as: String?.self) }
      try await target.query(
        """
        select trunkline.reject_event(\(position.origin)::uuid, \(position.queue), \(position.consumer), \(id),
          \(fields[0])::timestamptz, \(fields[1]), \(fields[2]), \(fields[3]), \(fields[4]), \(fields[5]), \(fields[6]),
          \(reasons[id]))
        """)
    }
  }
}
