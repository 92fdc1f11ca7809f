package import EventFormats
package import PostgresClient
import TableStructure

/// `dispatch`: rows go to partitions by time, with other columns, or as a log of what happened.
package struct DispatchHandler: TableHandler {
  package static let description = HandlerDescription(
    ["dispatch"],
    """
    Rows go to partitions by time that are made as they are needed, and dropped when they are old; columns are chosen \
    and renamed; rows follow the changes, or the latest of each key or all of them are kept. Names such as daily_event \
    stand for common arguments.
    """,
    [
      .init("table_mode", text: "part: partitions; direct: the table itself; ignore: nothing is written (part)"),
      .init(
        "part_mode",
        text: "what tells the partition: batch_time, event_time, date_field (see part_field), current_time (batch_time)"
      ),
      .init("part_field", text: "the column of date_field"),
      .init("period", text: "what a partition holds: hour, day, month, year (day)"),
      .init("part_name", text: "names of partitions, of %(parent)s, %(year)s, %(month)s, %(day)s, %(hour)s"),
      .init(
        "part_template",
        text: "SQL that makes one, with %(part)s, %(parent)s, %(pkeys)s, %(schema_table)s, %(part_field)s, "
          + "%(part_time)s, %(period)s"),
      .init(
        "part_func",
        text: "the function that makes one: f(parent, part, pkeys, part_field, part_time, period) "
          + "(londiste.create_partition)"),
      .init("pre_part", text: "SQL before that"),
      .init("post_part", text: "SQL after that"),
      .init(
        "row_mode",
        text: "plain: rows follow the changes; keep_latest: the latest row of each key in each partition; keep_all: "
          + "every insert and update is a row (plain)"),
      .init("event_types", text: "which of I,U,D are taken (all)"),
      .init("load_mode", text: "direct or bulk; the result is the same here (direct)"),
      .init("method", text: "0, 1, 2: the result is the same here; 3: updates and deletions are an error (0)"),
      .init("fields", text: "* or the columns that are taken, with new names: a,b:new_b (*)"),
      .init("skip_fields", text: "columns that are left out"),
      .init("table", text: "the table, if it is not the table's name here"),
      .init("retention_period", text: "an interval: older partitions that were made here are dropped"),
      .init("ignore_old_events", text: "1: events of partitions that would be dropped are left out (0)"),
      .init("fixed_part_field", text: "1: part_field of a row never changes (0)"),
      .init("ignore_truncate", text: "1: a TRUNCATE at the source does not empty the tables here (0)"),
      .init("encoding", text: EncodingRule.text),
      .init("analyze", text: "0 or 1; large temporary tables are always analyzed here"),
      .init("hash_key", "key", text: "the column whose hash tells the node's shard, see handler shard (all rows)"),
    ] + ShardFilter.arguments)

  package let destination: QualifiedName
  package let options: DispatchOptions
  private let encoding: EncodingRule
  /// The rows of the node's shard, where it has one.
  package var shard: ShardFilter?
  private var batch = HandledBatch(tick: 0)
  /// What the target has; `nil` before ``start(_:table:)``.
  package var table: LoadTable?
  /// The first hour that is kept, once asked for.
  package var oldest: CalendarHour?

  package init(_ context: HandlerContext, _ arguments: HandlerArguments) throws(HandlerError) {
    try self.init(context, arguments, preset: nil)
  }

  package init(
    _ context: HandlerContext, _ arguments: HandlerArguments, preset: DispatchPreset?
  ) throws(HandlerError) {
    options = try DispatchOptions(arguments, preset: preset)
    encoding = try EncodingRule(arguments)
    var context = context
    context.destination = options.destination ?? context.destination
    destination = context.destination
    let isSharded = arguments.text("hash_key", "key", "hashexpr", "hash_expr") != nil
    shard = isSharded ? try ShardFilter(context, arguments) : nil
  }

  package var need: TableNeed { options.tableMode == .ignore ? .nothing : .table }
  package var triggerArguments: [String] { shard.map { [$0.triggerArgument] } ?? [] }
  package var rewritesQueue: Bool { shard != nil }
  package var partitions: PartitionPlan? { options.plan }

  package var copy: CopyRule {
    // Rows of partitions by the time of events cannot be told from the table.
    var rule = CopyRule(isWanted: options.tableMode == .direct, condition: shard?.condition)
    if !options.fields.isIdentity {
      rule.column = { [options] source in
        guard let name = options.fields.name(of: source) else { return .skip }
        return name == source ? .keep : .renamed(name)
      }
    }
    return encoding.rule(rule)
  }

  package mutating func start(_ target: PostgresConnection, table: LoadTable?) async throws {
    self.table = table
    oldest = nil
    try await shard?.start(target, table: table)
    guard let table, let plan = options.plan, table.shape.isPartitioned else { return }
    guard let field = plan.field, options.fields.name(of: field) == table.rangeColumn else {
      throw ApplyError(
        table: destination, reason: "the table is partitioned, and not by the range of what tells the partition here",
        remedy: "use part_mode=date_field with part_field=\(table.rangeColumn ?? "its partition column")")
    }
  }

  package mutating func begin(_ batch: HandledBatch) {
    self.batch = batch
    oldest = nil
    shard?.begin()
  }

  package mutating func prepare(_ events: [HandledEvent], _ target: PostgresConnection) async throws {
    try await shard?.prepare(events, target)
    guard oldest == nil, options.ignoresOldEvents, let retention = options.plan?.retention else { return }
    let text = try await target.query(
      "select to_char(now() at time zone 'UTC' - \(retention)::interval, 'YYYY-MM-DD HH24:MI:SS')"
    ).first?.decode(0, as: String.self)
    oldest = text.flatMap { CalendarHour(parsing: $0) }
  }

  package func passedOn(_ event: HandledEvent) throws -> HandledEvent? {
    guard let shard, !event.isTruncate else { return event }
    let (isInside, wasInside) = try shard.membership(event)
    return isInside || wasInside ? event : nil
  }

  package func handle(_ event: HandledEvent) throws -> [HandlerAction] {
    guard options.tableMode != .ignore else { return [] }
    let change = encoding.repaired(try event.change())
    if change.operation == .truncate { return options.ignoresTruncate ? [] : [.truncate(destination)] }
    guard options.operations.contains(change.operation) else { return [] }
    if options.isInsertOnly, change.operation != .insert {
      throw ApplyError(
        table: destination, event: event.id, reason: "the handler takes new rows only (method=3)",
        remedy: "leave out the others with event_types=I, or use another method")
    }
    if options.rowMode == .keepAll, change.operation == .delete { return [] }
    var write = RowWrite(change, into: destination)
    if let shard {
      guard let inside = try shard.write(change, event, into: destination) else { return [] }
      write = inside
    }
    return try DispatchPlacement(options: options, table: table, batch: batch, oldest: oldest)
      .place(write, event).map(HandlerAction.write)
  }
}
