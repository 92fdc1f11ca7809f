import EventFormats
import Logging
import PostgresClient
import TableStructure

/// Makes the partitions that handlers ask for, and drops old ones, in the transaction of the batch. What it made it writes
/// down in `trunkline.load_partition`; what it did not make it never drops.
actor HandlerPartitions {
  private let target: PostgresConnection
  private let place: ApplyPlace
  private let logger: Logger
  /// Partitions that are known to be there, and those that this batch made sure of.
  private var known: Set<PartitionNeed> = [], fresh: Set<PartitionNeed> = []

  init(_ place: ApplyPlace, _ logger: Logger) {
    target = place.target
    self.place = place
    self.logger = logger
  }

  /// To be told that an attempt begins: what an earlier one made was rolled back.
  func begin() { fresh = [] }

  func committed() {
    known.formUnion(fresh)
    fresh = []
  }

  func rolledBack() {
    known = []
    fresh = []
  }

  /// Makes what is missing.
  ///
  /// - Throws: ``ApplyError``, `PostgresError`.
  func make(_ needs: Set<PartitionNeed>, _ plan: PartitionPlan, _ table: LoadTable) async throws {
    let missing = needs.subtracting(known).subtracting(fresh).sorted { $0.start < $1.start }
    for need in missing {
      try await make(need, plan, table)
      fresh.insert(need)
    }
  }

  private func make(_ need: PartitionNeed, _ plan: PartitionPlan, _ table: LoadTable) async throws {
    let maker = PartitionMaker(
      scheme: plan.scheme, target: target, origin: place.origin, queue: place.queue,
      consumer: place.consumer, logger: logger)
    let name = try plan.scheme.name(of: need.table, need.start)
    let isThere = try await target.query("select to_regclass(\(name.quoted)) is not null").first?.decode(
      0, as: Bool.self)
    if isThere == true {
      // Whether it is a partition of the table, too.
      if plan.template == nil, plan.function == nil { try await maker.make(need, of: table) }
      return
    }
    func run(_ template: String?) async throws {
      guard let template else { return }
      try await target.execute(
        plan.text(
          template, part: name, of: need.table, keys: table.shape.primaryKey, start: need.start.text))
    }
    do {
      try await run(plan.before)
      if let template = plan.template {
        try await run(template)
      } else if let function = try await function(plan, table) {
        try await target.query(
          PostgresQuery(
            "select \(function.quoted)($1::text, $2::text, $3::text, $4::text, $5::timestamptz, $6::text)",
            [
              need.table.unquoted, name.unquoted, table.shape.primaryKey.joined(separator: ","), plan.field,
              need.start.text + "+00", plan.scheme.period.rawValue,
            ]))
      } else {
        try await maker.make(need, of: table)
      }
      try await run(plan.after)
    } catch let error as PostgresError where BatchFailure.isAboutRows(error) {
      throw ApplyError(
        table: need.table, reason: "the partition \(name) could not be made: \(error.message)",
        remedy: "mend what the handler's arguments say of partitions; then the worker goes on by itself", cause: error)
    }
    try await maker.register(name, need)
  }

  /// The function that makes a table's partitions; `nil`: they are made without one.
  private func function(_ plan: PartitionPlan, _ table: LoadTable) async throws -> QualifiedName? {
    if let function = plan.function { return function }
    // A partitioned table's partitions are attached, which takes a weaker lock.
    if table.shape.isPartitioned { return nil }
    let found = try await target.query(
      """
      select n.nspname from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
      where p.proname = 'create_partition' and n.nspname in ('londiste', 'public')
        and pg_catalog.oidvectortypes(p.proargtypes) = 'text, text, text, text, timestamp with time zone, text'
        and pg_catalog.has_schema_privilege(n.oid, 'usage') and pg_catalog.has_function_privilege(p.oid, 'execute')
      order by n.nspname limit 1
      """)
    return try found.first.map { try QualifiedName(schema: $0.decode(0), name: "create_partition") }
  }

  /// Drops the table's partitions of which every row is older than the retention, if this batch needed new ones. To be
  /// called when the rows are written.
  ///
  /// - Throws: ``ApplyError``, `PostgresError`.
  func dropOld(_ plan: PartitionPlan, of table: QualifiedName) async throws {
    guard let retention = plan.retention, fresh.contains(where: { $0.table == table }) else { return }
    let period = "1 \(plan.scheme.period.rawValue)"
    let rows: PostgresResult
    do {
      rows = try await target.query(
        """
        select schema_name, partition_name from trunkline.load_partition
        where origin_id = \(place.origin)::uuid and queue_name = \(place.queue)
          and consumer_name = \(place.consumer) and parent_name = \(table.unquoted)
          and from_time + \(period)::interval <= now() at time zone 'UTC' - \(retention)::interval
        order by from_time
        """)
    } catch let error as PostgresError where error.sqlState?.errorClass == "22" {
      throw ApplyError(
        table: table, reason: "retention_period is no interval: \(error.message)",
        remedy: "write it as PostgreSQL does, for example 30 days", cause: error)
    }
    for row in rows {
      let (schema, name) = try row.decode(String.self, String.self)
      let partition = try QualifiedName(schema: schema, name: name)
      do {
        try await target.savepoint { target in
          try await target.execute("set local lock_timeout = '2s'; drop table if exists \(partition.quoted)")
          try await target.execute("set local lock_timeout to default")
          try await target.query(
            """
            delete from trunkline.load_partition where schema_name = \(schema) and partition_name = \(name)
            """)
        }
        known = []
        fresh = []
        logger.notice("dropped an old partition", metadata: ["partition": "\(partition)"])
      } catch let error as PostgresError where error.sqlState?.errorClass == "55" {
        logger.warning("an old partition is in use, it is dropped later", metadata: ["partition": "\(partition)"])
      }
    }
  }
}
