import EventFormats
import TableStructure

/// Where a row goes, and in which form. A pure value: all that it needs was asked for before.
struct DispatchPlacement {
  var options: DispatchOptions
  var table: LoadTable?
  var batch: HandledBatch
  var oldest: CalendarHour?

  /// The rows to be written for one: none when its partition is too old, two when it leaves another partition.
  ///
  /// - Throws: ``UnreadableEvent``; ``ApplyError`` when table, options and change do not go together.
  func place(_ write: RowWrite, _ event: HandledEvent) throws -> [RowWrite] {
    let period = try periodStart(write.columns, write, event)
    if let period, let oldest, let next = options.plan?.scheme.period.next(after: period), next <= oldest { return [] }
    var result = try mapped(write)
    try keyed(&result)
    guard let plan = options.plan, let period else { return [result] }
    let isDeclarative = table?.shape.isPartitioned ?? false
    result.period = period
    guard !isDeclarative else { return [result] }
    let place = try plan.scheme.name(of: write.table, period)
    result.table = place
    guard options.rowMode == .plain, write.operation != .insert else {
      if try formerPlace(write, plan, event) != place { result.oldKey = nil }
      return [result]
    }
    guard plan.field != nil else {
      throw ApplyError(
        table: write.table, event: event.id,
        reason: "changed rows cannot be found again in partitions by the time of events",
        remedy: "use row_mode=keep_latest or row_mode=keep_all, or part_mode=date_field")
    }
    guard write.operation == .update, let former = try formerPlace(write, plan, event), former != place else {
      return [result]
    }
    var gone = result
    gone.operation = .delete
    gone.table = former
    gone.columns = options.fields.columns(write.before ?? Self.merged(write.oldKey ?? [], write.columns))
    gone.oldKey = nil
    gone.isSparse = false
    gone.period = try periodStart(write.before ?? write.oldKey ?? [], write, event)
    result.oldKey = nil
    result.before = nil
    return [gone, result]
  }

  private static func merged(_ key: [ColumnValue], _ columns: [ColumnValue]) -> [ColumnValue] {
    columns.map { column in key.first { $0.name == column.name } ?? column }
  }

  /// The table that has the old row; the new one's where nothing is known of the old.
  private func formerPlace(
    _ write: RowWrite, _ plan: PartitionPlan, _ event: HandledEvent
  ) throws -> QualifiedName? {
    guard let field = plan.field else { return nil }
    if let row = write.before ?? write.oldKey, row.contains(where: { $0.name == field }) {
      guard let start = try periodStart(row, write, event) else { return nil }
      return try plan.scheme.name(of: write.table, start)
    }
    guard write.operation != .update || write.key.contains(field) || options.hasFixedField || options.rowMode != .plain
    else {
      throw ApplyError(
        table: write.table, event: event.id,
        reason: "an update of \"\(field)\" would leave the old row in another partition, and the event does not say",
        remedy: """
          capture the old rows (trigger argument backup), or make the table partitioned by range of the column, or say \
          fixed_part_field=1 if that column of a row never changes
          """)
    }
    guard let start = try periodStart(write.columns, write, event) else { return nil }
    return try plan.scheme.name(of: write.table, start)
  }

  private func periodStart(
    _ columns: [ColumnValue], _ write: RowWrite, _ event: HandledEvent
  ) throws -> CalendarHour? {
    guard let plan = options.plan else { return nil }
    let time: CalendarHour?
    switch options.partMode {
    case .batchTime: time = batch.time
    case .currentTime: time = batch.now ?? batch.time
    case .eventTime: time = CalendarHour(parsing: event.time)
    case .dateField:
      let field = plan.field ?? ""
      guard let value = columns.first(where: { $0.name == field })?.value else {
        if table?.shape.isPartitioned == true, write.operation != .insert { return nil }
        throw UnreadableEvent(
          table: write.table, reason: "the event has no value of \"\(field)\", which tells the partition")
      }
      // The first 19 characters are the date and time; an offset after them counts.
      time = CalendarHour(parsing: value)
    }
    guard let time else {
      throw UnreadableEvent(
        table: write.table, reason: "what tells the partition is no date of the form 2020-02-03 04:05:06")
    }
    return plan.scheme.period.start(of: time)
  }

  /// With the table's columns.
  private func mapped(_ write: RowWrite) throws -> RowWrite {
    guard !options.fields.isIdentity else { return write }
    var result = write
    result.columns = options.fields.columns(write.columns, isSparse: write.isSparse)
    result.oldKey = write.oldKey.map { options.fields.columns($0, isSparse: true) }
    result.before = write.before.map { options.fields.columns($0) }
    result.key = write.key.compactMap(options.fields.name)
    guard result.key.count == write.key.count else {
      throw ApplyError(
        table: write.table, reason: "a column of the key is not among the fields",
        remedy: "name the key's columns in fields, and not in skip_fields")
    }
    return result
  }

  /// With the operation and key that the row mode asks for.
  private func keyed(_ write: inout RowWrite) throws {
    switch options.rowMode {
    case .plain: break
    case .keepAll:
      write.operation = .insert
      write.key = []
      write.oldKey = nil
      write.before = nil
      return
    case .keepLatest:
      // A row of the key may be there.
      if write.operation == .insert { write.operation = .update }
      write.before = nil
    }
    if write.key.isEmpty, let key = table?.shape.primaryKey {
      let columns = write.columns
      if key.allSatisfy({ name in columns.contains { $0.name == name } }) { write.key = key }
    }
    guard write.operation == .insert || !write.key.isEmpty else {
      throw UnreadableEvent(table: write.table, reason: "a row was changed but the event names no key")
    }
  }
}
