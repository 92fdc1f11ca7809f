import ArgumentParser
import EventQueue
import ServiceRuntime

/// `trunkline queue split`
struct QueueSplit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "split",
    abstract: "Spread the events of a queue over several queues, each exactly once.",
    discussion: """
      The first --route that fits decides; else --by names the queue after a field; else --rest. As with 'queue move',
      events keep their order within each queue and all their fields. Nothing is dropped silently: without --rest,
      an event that fits nowhere stops the split before its batch, and what --rest drop leaves out is counted.

      EXAMPLE
        trunkline queue split all --db dbname=shop --target dbname=shop --by type --create
      """)

  @OptionGroup var transfer: TransferOptions
  @OptionGroup var filter: EventFilterOptions

  @Option(
    help: ArgumentHelp(
      """
      Events of that pattern go to that queue: 'public.orders=orders'. The pattern is for the field of --on, or names \
      one itself: 'type:order.*=orders'. May be repeated; the first that fits counts.
      """,
      valueName: "pattern=queue"))
  var route: [String] = []

  @Option(help: "Field of the patterns of --route: table, type, data, extra1 ... extra4 (table).")
  var on: String?

  @Option(
    help: """
      Name the queue after a field: table, type, extra1 ... extra4, or type-prefix: the type up to its first '.', ':' \
      or '/'.
      """)
  var by: String?

  @Option(help: "Form of the names that --by makes; {} stands for the field (default: {}).")
  var queueName: String?

  @Option(help: "What becomes of events that fit nowhere: the name of a queue, or queue:NAME, drop, or stop (stop).")
  var rest: String?

  @Flag(help: "Create target queues that do not exist.")
  var create = false

  func run() async throws {
    let settings = try await transfer.settings(["on": on, "by": by, "queue-name": queueName, "rest": rest])
    var work = QueueTransfer(try routing(settings))
    work.makesQueues = create
    try await transfer.run("split", settings, start: { [work] session, _ in try await work.start(session) })
  }

  private func routing(_ settings: Settings) throws -> EventRouting {
    var routing = EventRouting(rest: Self.rest(settings.text("rest") ?? "stop"))
    routing.filter = try filter.filter(settings)
    let fieldName = settings.text("on") ?? "table"
    guard let field = EventField(name: fieldName) else {
      throw SettingError(key: "on", problem: "'\(fieldName)' is no field of events")
    }
    for text in route.isEmpty ? settings.list("routes") : route { routing.routes.append(try Self.route(text, field)) }
    if let by = settings.text("by") { routing.naming = try Self.naming(by, settings.text("queue-name") ?? "{}") }
    guard !routing.routes.isEmpty || routing.naming != nil else {
      throw SettingError(key: "routes", problem: "are missing: say --route 'PATTERN=QUEUE' or --by table")
    }
    return routing
  }

  static func rest(_ text: String) -> EventRouting.Rest {
    switch text {
    case "drop": .drop
    case "stop": .stop
    default: .queue(text.hasPrefix("queue:") ? String(text.dropFirst(6)) : text)
    }
  }

  static func route(_ text: String, _ standard: EventField) throws -> EventRouting.Route {
    guard let equals = text.lastIndex(of: "="), equals > text.startIndex, text.index(after: equals) < text.endIndex
    else { throw SettingError(key: "routes", problem: "'\(text)' is not PATTERN=QUEUE") }
    var pattern = text[..<equals]
    var field = standard
    if let colon = pattern.firstIndex(of: ":"), let named = EventField(name: String(pattern[..<colon])) {
      field = named
      pattern = pattern[pattern.index(after: colon)...]
    }
    return EventRouting.Route(
      EventPattern(field, String(pattern)), to: String(text[text.index(after: equals)...]))
  }

  static func naming(_ by: String, _ form: String) throws -> EventRouting.Naming {
    guard let field = by == "type-prefix" ? .type : EventField(name: by) else {
      throw SettingError(key: "by", problem: "'\(by)' is neither a field of events nor type-prefix")
    }
    guard let hole = form.firstRange(of: "{}") else {
      throw SettingError(key: "queue-name", problem: "'\(form)' has no {} for the field")
    }
    var naming = EventRouting.Naming(field)
    naming.isByPrefix = by == "type-prefix"
    naming.prefix = String(form[..<hole.lowerBound])
    naming.suffix = String(form[hole.upperBound...])
    return naming
  }
}
