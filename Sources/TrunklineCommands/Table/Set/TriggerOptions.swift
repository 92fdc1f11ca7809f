import ArgumentParser
import ServiceRuntime
import TableReplication

/// What is captured of a table, and how events of it are dealt with.
struct TriggerOptions: ParsableArguments {
  @Option(help: "Columns that identify a row, with commas. Default: primary key, else replica identity.")
  var key: String?

  @Option(help: "Only these columns, besides the key, with commas.")
  var columns: String?

  @Option(
    help: "Not these columns, with commas. Updates that change nothing else make no event. Empty: none is left out.")
  var ignore: String?

  @Option(
    name: [.customLong("when"), .customLong("where")],
    help: "SQL condition over the columns. Rows for which it is not true are as if they did not exist.")
  var when: String?

  @Flag(help: "Events of updates carry the old row too.")
  var before = false

  @Option(
    help: """
      In a set: letters of Londiste's triggers: I U D changes, A after or B before, L, Q or J format, S rows go into the queue \
      only. G, the default, is a generated capture.
      """)
  var triggerFlags: String?

  @Option(help: "In a set: argument of the trigger, as Londiste knows them: ev_extra4=..., deny. Repeat for several.")
  var triggerArg: [String] = []

  @Flag(help: "In a set: neither capture nor refuse changes made here. Such a branch cannot become a root.")
  var noTriggers = false

  @Option(help: "In a set: handler of the table's events, see 'trunkline table handlers'.")
  var handler: String?

  @Option(help: "In a set: argument of the handler, NAME=VALUE. Repeat for several.")
  var handlerArg: [String] = []

  @Option(
    help: ArgumentHelp(
      "In a set: what happens when a change meets a row that the source does not expect: error, warn, overwrite, "
        + "newest:COLUMN, function:NAME.",
      valueName: "policy"))
  var conflict: String?

  @Flag(help: "In a set: keep the rows of conflicts in trunkline.conflict_row.")
  var conflictRows = false

  func validate() throws {
    guard handlerArg.isEmpty || handler != nil else { throw ValidationError("--handler-arg goes with --handler.") }
    guard handlerArg.allSatisfy({ $0.contains("=") }) else {
      throw ValidationError("An argument of a handler is NAME=VALUE.")
    }
    guard columns == nil || ignore == nil else { throw ValidationError("Give either --columns or --ignore.") }
  }

  /// Options that were given and mean something in sets only.
  var setOnly: [String] {
    [
      ("--trigger-flags", triggerFlags != nil), ("--trigger-arg", !triggerArg.isEmpty), ("--no-triggers", noTriggers),
      ("--handler", handler != nil), ("--conflict", conflict != nil), ("--conflict-rows", conflictRows),
    ].filter(\.1).map(\.0)
  }

  func captureOptions(originOnly: Bool) throws -> CaptureOptions {
    CaptureOptions(
      key: try ColumnList.parse(key), columns: try ColumnList.parse(columns),
      ignore: ignore == "" ? [] : try ColumnList.parse(ignore), when: when, before: before, originOnly: originOnly)
  }

  func tableOptions() throws -> TableOptions {
    var options = TableOptions()
    options.capture = try captureOptions(originOnly: true)
    options.triggerFlags = triggerFlags
    options.triggerArguments = triggerArg
    options.makesTriggers = !noTriggers
    do {
      if let handler {
        let spec = try HandlerSpec(name: handler, arguments: handlerArg)
        try HandlerRegistry.standard.check(spec)
        options.handler = spec.description
      }
      options.conflict = try conflict.map { text throws(HandlerError) in try ConflictPolicy(parsing: text) }
    } catch {
      throw CommandError(error.problem, hint: error.remedy, exitCode: .usage)
    }
    options.keepsConflictRows = conflictRows
    return options
  }
}

/// From where tables are copied.
struct CopySourceOptions: ParsableArguments {
  @Option(help: "In a set: copy from this node instead of the provider.")
  var copyNode: String?

  @Flag(help: "In a set: copy from the first node on the way to the root that has the tables.")
  var findCopyNode = false

  func validate() throws {
    guard copyNode == nil || !findCopyNode else {
      throw ValidationError("Give either --copy-node or --find-copy-node.")
    }
  }

  var source: TableOptions.CopySource {
    if findCopyNode { return .firstWithData }
    return copyNode.map { .node($0) } ?? .provider
  }
}
