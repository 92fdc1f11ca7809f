import ArgumentParser
import EventFormats
import EventQueue
import Logging
import PostgresClient
import ServiceRuntime
import TableReplication

/// `trunkline queue load`
struct QueueLoad: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "load",
    abstract: "Load the row events of a queue into tables of another database, each exactly once.",
    discussion: """
      Reads captured changes, and what logutriga, sqltriga and jsontriga write. Tables have the same names unless --table
      says otherwise, and must exist; partitions by date are made as they are needed.

      EXAMPLE
        trunkline queue load changes --db dbname=shop --target dbname=warehouse
      """)

  @OptionGroup var transfer: TransferOptions
  @OptionGroup var filter: EventFilterOptions

  @Option(
    help: ArgumentHelp(
      """
      changes: the tables follow the changes; log: every event becomes a row (columns ev_id, ev_time, ev_txid, ev_op, \
      ev_table are filled in where the table has them); latest: the latest row of every key, in each partition (changes).
      """))
  var mode: String?

  @Option(
    help: ArgumentHelp(
      "A table by its name in the events, and the table to load it into; may be repeated.", valueName: "source=target"))
  var table: [String] = []

  @Option(help: "Events of tables that no --table names: load into the same name, drop (counted), or stop (load).")
  var rest: String?

  @Option(help: "Spread rows over partitions by this column of type date or timestamp, or @event-time, or @batch-time.")
  var partitionBy: String?

  @Option(help: "Span of a partition: hour, day, month, year (day).")
  var period: String?

  @Option(
    help: "Names of partitions, of {table}, {year}, {month}, {day}, {hour}; with a schema: 'archive.{table}_{year}'.")
  var partitionTemplate: String?

  @Option(help: "Keep so many periods, the current one included; older partitions that this loader made are dropped.")
  var keep: Int?

  @Flag(help: "Show the partitions that --keep would drop now, and end.")
  var dryRun = false

  @Flag(help: "The --partition-by column of a row never changes (needed for changes in inherited tables).")
  var fixedPartitionColumn = false

  @Flag(help: "Leave out deletions, and count them.")
  var ignoreDeletes = false

  @Flag(help: "Leave out TRUNCATE, and count it.")
  var ignoreTruncates = false

  @OptionGroup var conflicts: ConflictOptions

  @Option(
    help: ArgumentHelp(
      "How a table's events are treated: a handler with its arguments, urlencoded; see 'trunkline table handlers'. May "
        + "be repeated.",
      valueName: "source=name(arguments)"))
  var handler: [String] = []

  @OptionGroup var handlers: HandlerOptions

  @Option(help: "Events that cannot be read or written: stop, or park them in trunkline.rejected_event (stop).")
  var onBadEvent: String?

  func run() async throws {
    let settings = try await transfer.settings([
      "mode": mode, "rest": rest, "partition-by": partitionBy, "period": period,
      "partition-template": partitionTemplate, "keep": keep.map(String.init), "on-bad-event": onBadEvent,
      "fixed-partition-column": fixedPartitionColumn ? "true" : nil, "ignore-deletes": ignoreDeletes ? "true" : nil,
      "ignore-truncates": ignoreTruncates ? "true" : nil,
    ])
    let options = try options(settings)
    if dryRun {
      let names = try await expired(options, settings)
      StandardStreams.write(names.isEmpty ? "nothing would be dropped\n" : names.map { "drop table \($0);\n" }.joined())
      return
    }
    try await transfer.run("load", settings) { session, logger in
      try await TableLoad(options, logger: logger).start(session)
    }
  }

  private func expired(_ options: LoadOptions, _ settings: Settings) async throws -> [String] {
    let logger = Logger(label: "load")
    let worker = try transfer.worker("load", settings, logger: logger) { _ in { _ in TransferOutcome() } }
    let source = try await PostgresConnection.connect(worker.source, logger: logger)
    let origin = try await source.query("select origin_id from trunkline.origin").first?.decode(0, as: String.self)
    await source.close()
    let target = try await PostgresConnection.connect(worker.target, logger: logger)
    let names = try await TableLoad(options, logger: logger).expiredPartitions(
      target, origin: origin ?? "", queue: worker.queue, consumer: worker.consumer)
    await target.close()
    return names
  }

  private func options(_ settings: Settings) throws -> LoadOptions {
    var options = LoadOptions()
    options.filter = try filter.filter(settings)
    options.mode = try Self.choice("mode", settings, default: .changes)
    options.rest = try Self.choice("rest", settings, default: .load)
    for text in table.isEmpty ? settings.list("tables") : table {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard let first = parts.first, let last = parts.last else { continue }
      options.tables[try QualifiedName(parsing: first)] = try QualifiedName(parsing: last)
    }
    options.conflicts = try conflicts.policies()
    try addHandlers(to: &options)
    options.hasFixedPartitionColumn = try settings.bool("fixed-partition-column", default: false)
    options.ignoresDeletes = try settings.bool("ignore-deletes", default: false)
    options.ignoresTruncates = try settings.bool("ignore-truncates", default: false)
    switch settings.text("on-bad-event") ?? "stop" {
    case "stop": break
    case "park": options.parksBadEvents = true
    case let text: throw SettingError(key: "on-bad-event", problem: "'\(text)' is neither stop nor park")
    }
    let kept = try settings.text("keep").map { _ in try settings.int("keep", default: 1, in: 1...100_000) }
    if let time = settings.text("partition-by") {
      options.partitions = try PartitionScheme(
        PartitionScheme.Time(time), Self.choice("period", settings, default: .day),
        template: settings.text("partition-template"), kept: kept)
    } else if kept != nil || settings.text("partition-template") != nil || settings.text("period") != nil {
      throw SettingError(key: "partition-by", problem: "is missing: what tells the partition of a row")
    }
    return options
  }

  private func addHandlers(to options: inout LoadOptions) throws {
    for text in handler {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard let first = parts.first, let last = parts.last, parts.count == 2 else {
        throw ValidationError("--handler \(text): write TABLE=NAME(arguments)")
      }
      do {
        let name = try QualifiedName(parsing: first)
        let table = name.schema == nil ? try QualifiedName(schema: "public", name: name.name.name) : name
        let context = HandlerContext(
          table: table, destination: options.tables[name] ?? options.tables[table], settings: handlers.settings)
        let handler = try HandlerRegistry.standard.make(HandlerSpec(parsing: last), context)
        options.handlers.add(handler, for: table)
        options.tables[table] = handler.destination
      } catch let error as HandlerError {
        throw CommandError(error.description, hint: "trunkline table handlers", exitCode: .usage)
      }
    }
  }

  private static func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, _ settings: Settings, default fallback: Choice
  ) throws -> Choice where Choice.RawValue == String {
    guard let text = settings.text(key) else { return fallback }
    guard let choice = Choice(rawValue: text) else {
      let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw SettingError(key: key, problem: "'\(text)' is none of \(names)")
    }
    return choice
  }
}
