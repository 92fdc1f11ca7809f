import EventFormats
import EventQueue
import Logging
import PostgresClient

/// Asks handlers about events and carries out what they want, in the open transaction of the target: rows for the
/// staging table are returned, the rest is done by ``complete()``.
actor HandlerStage {
  private let set: HandlerSet
  private let target: PostgresConnection
  private let partitions: HandlerPartitions
  private var handlers: [String: any TableHandler] = [:]
  private var isStarted = false
  private var rows = HandlerRows()
  private var calls: FunctionCalls
  private var sends: QueueSends
  private var batch = HandledBatch(tick: 0)
  private var needs: [String: Set<PartitionNeed>] = [:]

  init(_ set: HandlerSet, _ place: ApplyPlace, _ logger: Logger) {
    self.set = set
    target = place.target
    partitions = HandlerPartitions(place, logger)
    calls = FunctionCalls(target: place.target)
    sends = QueueSends(target: place.target)
  }

  /// What became of some events.
  struct Result: Sendable {
    /// COPY text for the staging table, and the event of each line.
    var bytes: [UInt8] = [], events: [Int64] = []
    /// Events for which nothing is to be done.
    var leftOut = 0
    /// Events that nothing can be made of, with the reasons.
    var rejected: [Int64: String] = [:]
  }

  /// Whether rows of one kind differ in their columns.
  var isIrregular: Bool { rows.isIrregular }

  /// Begins an attempt to apply a batch.
  ///
  /// - Throws: as ``TableHandler/start(_:table:)``.
  func begin(_ batch: EventBatch) async throws {
    if !isStarted { try await start() }
    rows = HandlerRows()
    calls = FunctionCalls(target: target)
    sends = QueueSends(target: target)
    needs = [:]
    await partitions.begin()
    self.batch = HandledBatch(tick: batch.currentTick, time: CalendarHour(parsing: batch.currentTickTime))
    let now = try await target.query("select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS')")
    self.batch.now = try now.first.flatMap { CalendarHour(parsing: try $0.decode(0)) }
    for name in handlers.keys { handlers[name]?.begin(self.batch) }
  }

  private func start() async throws {
    for (name, handler) in set.askedHandlers {
      var handler = handler
      do {
        let table = handler.need == .nothing ? nil : try await LoadTable.read(handler.destination, target)
        try await handler.start(target, table: table)
      } catch let error as HandlerError {
        throw ApplyError(table: handler.destination, reason: error.problem, remedy: error.remedy)
      } catch var error as ApplyError {
        error.table = error.table ?? handler.destination
        throw error
      }
      handlers[name] = handler
    }
    isStarted = true
  }

  /// To be told that a batch failed: tables may have changed.
  func rolledBack() async {
    isStarted = false
    await partitions.rolledBack()
  }

  /// To be told that the batch's transaction was committed.
  func committed() async { await partitions.committed() }

  /// Writes the events of some tables as their handlers pass them on, with the columns of `pg_temp.trunkline_node_events`.
  ///
  /// - Parameter copyIn: takes COPY text.
  /// - Returns: the number of events.
  /// - Throws: ``ApplyError`` naming the event; `PostgresError`.
  func passOn(
    _ batch: EventBatch, tables: [String], from reader: PostgresConnection,
    _ copyIn: @Sendable ([UInt8]) async throws -> Void
  ) async throws -> Int {
    let names = tables.map(SQLLiteral.quote).joined(separator: ", ")
    let sql = "select * from (\(batch.unorderedSQL)) e where ev_extra1 in (\(names)) order by 1"
    var page: [HandledEvent] = []
    var count = 0
    for try await event in EventStream(reader: reader, sql: sql) {
      page.append(try HandledEvent(event, repairing: set.repairs(try event.extra1 ?? "")))
      guard page.count >= 500 else { continue }
      count += try await passOn(page, copyIn)
      page = []
    }
    return try await count + passOn(page, copyIn)
  }

  private func passOn(_ events: [HandledEvent], _ copyIn: ([UInt8]) async throws -> Void) async throws -> Int {
    try await prepare(events)
    var bytes: [UInt8] = []
    var count = 0
    for event in events {
      guard var handler = handlers[event.extra1 ?? ""] else { continue }
      do {
        guard let event = try handler.passedOn(event) else { continue }
        count += 1
        COPYText.append(
          row: [
            String(event.id), event.time, event.retries == 0 ? nil : String(event.retries), event.type, event.data,
            event.extra1, event.extra2, event.extra3, event.extra4,
          ], to: &bytes)
      } catch let error as UnreadableEvent {
        throw ApplyError(
          table: error.table, event: event.id, reason: error.reason, remedy: ApplyRemedy.leaveOut(event.id))
      }
      handlers[event.extra1 ?? ""] = handler
    }
    if !bytes.isEmpty { try await copyIn(bytes) }
    return count
  }

  private func prepare(_ events: [HandledEvent]) async throws {
    for (name, events) in Dictionary(grouping: events, by: { $0.extra1 ?? "" }) {
      guard var handler = handlers[name] else { continue }
      try await handler.prepare(events, target)
      handlers[name] = handler
    }
  }

  /// Asks about events of one batch, in their order.
  ///
  /// - Parameter parks: whether unreadable events are returned, instead of being an error.
  /// - Throws: ``ApplyError`` naming the event; `PostgresError`.
  func add(_ events: [HandledEvent], parks: Bool) async throws -> Result {
    var result = Result()
    try await prepare(events)
    for event in events {
      do {
        if try await !add(event) { result.leftOut += 1 }
      } catch let error as UnreadableEvent {
        guard parks else {
          throw ApplyError(
            table: error.table, event: event.id, reason: error.reason, remedy: ApplyRemedy.leaveOut(event.id))
        }
        result.rejected[event.id] = error.reason
      } catch var error as ApplyError {
        error.event = error.event ?? event.id
        throw error
      }
    }
    (result.bytes, result.events) = rows.take()
    var (calls, sends) = (calls, sends)
    try await calls.flush(atLeast: 1 << 20)
    try await sends.flush(atLeast: 1 << 20)
    (self.calls, self.sends) = (calls, sends)
    return result
  }

  /// Whether something is to be done.
  private func add(_ event: HandledEvent) async throws -> Bool {
    let name = event.extra1 ?? ""
    guard var handler = handlers[name] else { return false }
    let actions = try handler.handle(event)
    handlers[name] = handler
    for action in actions {
      switch action {
      case .write(let write):
        rows.add(write, event)
        if let period = write.period {
          needs[name, default: []].insert(PartitionNeed(table: handler.destination, start: period))
        }
      case .truncate(let table):
        for table in try await family(of: table) { rows.add(truncating: table, event) }
      case .call(let call): calls.add(call, tick: batch.tick)
      case .send(let event, let queue): sends.add(event, queue: queue)
      }
    }
    return !actions.isEmpty
  }

  /// A table and those that inherit from it.
  private func family(of table: QualifiedName) async throws -> [QualifiedName] {
    let children = try await target.query(
      """
      with recursive family (oid) as (
        select to_regclass(\(table.quoted))::oid
        union
        select i.inhrelid from family f join pg_catalog.pg_inherits i on i.inhparent = f.oid
        join pg_catalog.pg_class c on c.oid = i.inhrelid and not c.relispartition)
      select n.nspname, c.relname from family f join pg_catalog.pg_class c on c.oid = f.oid
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      """)
    let family = try children.map { row in
      let (schema, name) = try row.decode(String.self, String.self)
      return try QualifiedName(schema: schema, name: name)
    }
    return family.isEmpty ? [table] : family
  }

  /// Makes the partitions that the rows need, before they are written.
  ///
  /// - Throws: ``ApplyError``, `PostgresError`.
  func makePartitions() async throws {
    for (name, needs) in needs {
      guard let handler = handlers[name], let plan = handler.partitions else { continue }
      let table = try await LoadTable.read(handler.destination, target)
      try await partitions.make(needs, plan, table)
    }
  }

  /// Calls functions and puts events into queues, after the rows were written.
  ///
  /// - Returns: the number of calls and events.
  /// - Throws: ``ApplyError`` naming the event or queue; `PostgresError`.
  func complete() async throws -> Int {
    for name in needs.keys {
      guard let handler = handlers[name], let plan = handler.partitions else { continue }
      try await partitions.dropOld(plan, of: handler.destination)
    }
    var (calls, sends) = (calls, sends)
    return try await calls.run() + sends.run()
  }
}
