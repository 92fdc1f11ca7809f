import EventFormats
import Logging
import PostgresClient
import TableStructure

/// A partition that rows are waiting for.
struct PartitionNeed: Hashable, Sendable {
  var table: QualifiedName
  /// The first hour of its period.
  var start: CalendarHour
}

/// Makes partitions in the target, and drops old ones. What it made it writes down in `trunkline.load_partition`; what it
/// did not make it never drops.
struct PartitionMaker: Sendable {
  let scheme: PartitionScheme
  let target: PostgresConnection
  /// The source, and the name under which the loader's position is kept.
  let origin: String, queue: String, consumer: String
  let logger: Logger

  /// Makes a partition if there is none of its name, as part of the open transaction.
  ///
  /// - Throws: ``ApplyError``; `PostgresError`.
  func make(_ need: PartitionNeed, of table: LoadTable) async throws {
    let name = try scheme.name(of: need.table, need.start)
    let parents = try await target.query(
      """
      select exists (select 1 from pg_catalog.pg_inherits i where i.inhrelid = c.oid and i.inhparent = \(table.shape.oid)::oid)
      from pg_catalog.pg_class c where c.oid = to_regclass(\(name.quoted))
      """)
    if let row = parents.first {
      guard try row.decode(0, as: Bool.self) else {
        throw ApplyError(
          table: need.table, reason: "there is a table \(name), but it is no partition of it",
          remedy: "rename that table, or choose another --partition-template; then the worker goes on by itself")
      }
      return
    }
    let (from, to) = bounds(need.start, table)
    let isPartitioned = table.shape.isPartitioned
    do {
      try await target.savepoint { target in
        let statements = isPartitioned ? attached(name, table, from, to) : inheriting(name, table, from, to)
        for statement in statements { try await target.execute(statement) }
      }
    } catch let error as PostgresError where error.sqlState == "42P17" && isPartitioned {
      // The period, or part of it, is in a partition that somebody else made.
      logger.notice(
        "a partition of the period is there already", metadata: ["table": "\(need.table)", "from": "\(from)"])
      return
    }
    try await register(name, need)
    logger.info("made a partition", metadata: ["partition": "\(name)"])
  }

  /// Writes down that a partition was made here.
  ///
  /// - Throws: `PostgresError`.
  func register(_ name: QualifiedName, _ need: PartitionNeed) async throws {
    try await target.query(
      """
      insert into trunkline.load_partition (origin_id, queue_name, consumer_name, schema_name, partition_name, parent_name,
        from_time)
      values (\(origin)::uuid, \(queue), \(consumer), \(name.schema?.name ?? ""),
        \(name.name.name), \(need.table.unquoted), \(need.start.text)::timestamp)
      on conflict do nothing
      """)
  }

  /// The partitions made by this loader that are older than what is to be kept.
  ///
  /// - Throws: `PostgresError`.
  func expired() async throws -> [QualifiedName] {
    guard let kept = scheme.kept, kept > 0 else { return [] }
    let now = try await target.query("select to_char(now() at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS')")
    let text = try now.first?.decode(0, as: String.self)
    guard let text, let hour = CalendarHour(parsing: text) else { return [] }
    let oldest = scheme.period.start(kept - 1, before: scheme.period.start(of: hour))
    let rows = try await target.query(
      """
      select schema_name, partition_name from trunkline.load_partition
      where origin_id = \(origin)::uuid and queue_name = \(queue)
        and consumer_name = \(consumer) and from_time < \(oldest.text)::timestamp
      order by from_time, partition_name
      """)
    return try rows.map { row in
      let (schema, name) = try row.decode(String.self, String.self)
      return try QualifiedName(schema: schema, name: name)
    }
  }

  /// Drops a partition in a transaction of its own; `false` when somebody uses it just now.
  ///
  /// - Throws: `PostgresError`.
  func drop(_ name: QualifiedName) async throws -> Bool {
    do {
      try await target.transaction { target in
        try await target.execute("set local lock_timeout = '2s'")
        try await target.execute("drop table if exists \(name.quoted)")
        try await target.query(
          """
          delete from trunkline.load_partition
          where origin_id = \(origin)::uuid and queue_name = \(queue)
            and consumer_name = \(consumer) and schema_name = \(name.schema?.name ?? "")
            and partition_name = \(name.name.name)
          """)
      }
    } catch let error as PostgresError where error.sqlState == .lockNotAvailable {
      logger.warning("an old partition is in use, it is dropped later", metadata: ["partition": "\(name)"])
      return false
    }
    logger.notice("dropped an old partition", metadata: ["partition": "\(name)"])
    return true
  }

  private func bounds(_ start: CalendarHour, _ table: LoadTable) -> (String, String) {
    let column: String? =
      switch scheme.time {
      case .column(let name): name
      case .event: "ev_time"
      case .batch: nil
      }
    let type = table.shape.columns.first { $0.name == column }?.type ?? ""
    let zone = type.hasSuffix("with time zone") ? "+00" : ""
    return (start.text + zone, scheme.period.next(after: start).text + zone)
  }

  private func attached(_ name: QualifiedName, _ table: LoadTable, _ from: String, _ to: String) -> [String] {
    // Attaching takes a weaker lock than creating in place.
    [
      """
      create table \(name.quoted) (like \(table.name.quoted) including defaults including constraints \
      including generated including storage)
      """,
      """
      alter table \(table.name.quoted) attach partition \(name.quoted) \
      for values from (\(SQLLiteral.quote(from))) to (\(SQLLiteral.quote(to)))
      """,
    ]
  }

  private func inheriting(_ name: QualifiedName, _ table: LoadTable, _ from: String, _ to: String) -> [String] {
    var check = ""
    if case .column(let column) = scheme.time {
      let quoted = SQLIdentifier.quote(column)
      check = ", check (\(quoted) >= \(SQLLiteral.quote(from)) and \(quoted) < \(SQLLiteral.quote(to)))"
    }
    return [
      """
      create table \(name.quoted) (like \(table.name.quoted) including all\(check)) inherits (\(table.name.quoted))
      """
    ]
  }
}
