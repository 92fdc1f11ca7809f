import EventFormats
import TableStructure

/// What goes together: a table, a way of spreading rows over partitions, and a change.
enum PartitionRules {
  /// - Throws: ``ApplyError`` with what somebody must change.
  static func check(
    _ table: LoadTable, _ scheme: PartitionScheme, _ options: LoadOptions, operation: ChangeOperation, key: [String]
  ) throws {
    if table.shape.isPartitioned {
      try checkPartitioned(table, scheme, options)
      return
    }
    guard options.mode == .changes, operation == .update || operation == .delete else { return }
    guard case .column(let column) = scheme.time else {
      throw ApplyError(
        table: table.name, reason: "changed rows cannot be found again in partitions by the time of events",
        remedy: "use --mode log or --mode latest, or partition by a column")
    }
    guard operation == .delete || key.contains(column) || options.hasFixedPartitionColumn else {
      throw ApplyError(
        table: table.name,
        reason: "an update of \"\(column)\" would leave the old row in another partition, and the event does not say",
        remedy: """
          make the table partitioned (partition by range (\(SQLIdentifier.quote(column)))), or say \
          --fixed-partition-column if that column of a row never changes
          """)
    }
  }

  private static func checkPartitioned(
    _ table: LoadTable, _ scheme: PartitionScheme, _ options: LoadOptions
  ) throws {
    let column: String? =
      switch scheme.time {
      case .column(let name): name
      case .event: options.mode == .log ? "ev_time" : nil
      case .batch: nil
      }
    guard let column, column == table.rangeColumn else {
      let actual = table.rangeColumn.map { "range of \"\($0)\"" } ?? "more than one column, or not by range"
      let wanted = column.map { "\"\($0)\"" } ?? "the time of events"
      throw ApplyError(
        table: table.name,
        reason: "the table is partitioned by \(actual), and rows are to be spread by \(wanted)",
        remedy: "say --partition-by with the table's own partition column")
    }
  }
}
