package import EventFormats

/// What the arguments of `dispatch` say.
package struct DispatchOptions: Sendable, Equatable {
  package enum TableMode: String, Sendable, CaseIterable { case part, direct, ignore }
  package enum PartMode: String, Sendable, CaseIterable {
    case batchTime = "batch_time"
    case eventTime = "event_time"
    case dateField = "date_field"
    case currentTime = "current_time"
  }
  package enum RowMode: String, Sendable, CaseIterable {
    case plain
    case keepLatest = "keep_latest"
    case keepAll = "keep_all"
  }
  package enum LoadMode: String, Sendable, CaseIterable { case direct, bulk }
  package enum Method: String, Sendable, CaseIterable {
    case correct = "0"
    case delete = "1"
    case merged = "2"
    case insert = "3"
  }

  package var tableMode: TableMode = .part
  package var partMode: PartMode = .batchTime
  package var rowMode: RowMode = .plain
  /// Which operations are taken.
  package var operations: Set<ChangeOperation> = [.insert, .update, .delete]
  /// Whether updates and deletions are an error.
  package var isInsertOnly = false
  package var fields = FieldMap()
  package var destination: QualifiedName?
  package var plan: PartitionPlan?
  package var ignoresOldEvents = false
  package var ignoresTruncate = false
  package var hasFixedField = false

  /// Reads the arguments over the defaults, or over what a preset says.
  ///
  /// - Throws: ``HandlerError``.
  package init(_ arguments: HandlerArguments, preset: DispatchPreset? = nil) throws(HandlerError) {
    tableMode = try arguments.choice("table_mode", default: preset?.tableMode ?? .part)
    partMode = try arguments.choice("part_mode", default: preset?.partMode ?? .batchTime)
    rowMode = try arguments.choice("row_mode", default: preset?.rowMode ?? .plain)
    _ = try arguments.choice("load_mode", default: LoadMode.direct)
    isInsertOnly = try arguments.choice("method", default: Method.correct) == .insert
    _ = try arguments.flag("analyze")
    ignoresTruncate = try arguments.flag("ignore_truncate")
    ignoresOldEvents = try arguments.flag("ignore_old_events")
    hasFixedField = try arguments.flag("fixed_part_field")
    destination = try arguments.name("table")
    fields = try FieldMap(arguments.text("fields"), skipping: arguments.text("skip_fields"))
    if let types = arguments.text("event_types") {
      operations = []
      for letter in types.commaSeparated {
        guard letter.count == 1, let first = letter.first, let operation = ChangeOperation(letter: first),
          operation != .truncate
        else { throw arguments.wrong("event_types", types, "some of I,U,D") }
        operations.insert(operation)
      }
    }
    if tableMode == .part { plan = try Self.plan(arguments, partMode, preset) }
    guard !ignoresOldEvents || plan?.retention != nil else {
      throw HandlerError("ignore_old_events needs retention_period", remedy: "give it, for example 30 days")
    }
  }

  private static func plan(
    _ arguments: HandlerArguments, _ mode: PartMode, _ preset: DispatchPreset?
  ) throws(HandlerError) -> PartitionPlan {
    let period = try arguments.choice("period", default: preset?.period ?? PartitionPeriod.day)
    let time: PartitionScheme.Time =
      switch mode {
      case .dateField: .column(try arguments.required("part_field"))
      case .eventTime: .event
      case .batchTime, .currentTime: .batch
      }
    var template = period.template
    if let name = arguments.text("part_name") {
      template = try TemplateText.filled(
        name,
        [
          "parent": "{table}", "year": "{year}", "month": "{month}", "day": "{day}", "hour": "{hour}",
        ])
    }
    var plan: PartitionPlan
    do {
      plan = PartitionPlan(scheme: try PartitionScheme(time, period, template: template))
    } catch let error as ApplyError {
      throw HandlerError(error.reason, remedy: "name partitions by %(parent)s and every part of their time")
    } catch {
      throw HandlerError("\(error)", remedy: "choose another part_name")
    }
    plan.template = arguments.text("part_template")
    plan.function = try arguments.name("part_func")
    plan.before = arguments.text("pre_part")
    plan.after = arguments.text("post_part")
    plan.retention = arguments.text("retention_period")
    return plan
  }
}
