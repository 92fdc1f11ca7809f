import ArgumentParser
import EventQueue
import ServiceRuntime

/// Which events of a queue are wanted. The others are left out, and counted.
struct EventFilterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Only events of that pattern, with * and ?: type=order.*, table=public.*, extra2=?; several of one field: one must \
      fit. The others are left out and counted.
      """,
      valueName: "field=pattern"))
  var `where`: [String] = []

  @Option(help: "Only events that meet this SQL condition over ev_type, ev_data, ev_extra1, ..., as written.")
  var whereSql: String?

  /// The filter.
  ///
  /// - Throws: `SettingError` for what is no pattern.
  func filter(_ settings: Settings) throws -> EventFilter {
    var filter = EventFilter()
    for text in `where`.isEmpty ? settings.list("where") : `where` {
      guard let pattern = EventPattern(parsing: text) else {
        throw SettingError(
          key: "where",
          problem: "'\(text)' is not FIELD=PATTERN with a field of type, data, table, extra1, extra2, extra3, extra4")
      }
      filter.patterns.append(pattern)
    }
    filter.sql = whereSql ?? settings.text("where-sql")
    return filter
  }
}
