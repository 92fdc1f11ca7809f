/// The span of time that one partition holds.
package enum PartitionPeriod: String, Sendable, CaseIterable {
  case hour, day, month, year

  /// The first hour of the period that an hour is in.
  func start(of time: CalendarHour) -> CalendarHour {
    switch self {
    case .hour: time
    case .day: CalendarHour(year: time.year, month: time.month, day: time.day)
    case .month: CalendarHour(year: time.year, month: time.month)
    case .year: CalendarHour(year: time.year)
    }
  }

  /// The first hour of the next period.
  func next(after start: CalendarHour) -> CalendarHour {
    switch self {
    case .hour: start.advanced(byHours: 1)
    case .day: start.advanced(byHours: 24)
    case .month:
      start.month == 12
        ? CalendarHour(year: start.year + 1) : CalendarHour(year: start.year, month: start.month + 1)
    case .year: CalendarHour(year: start.year + 1)
    }
  }

  /// The first hour of the period so many before the one that begins at `start`.
  func start(_ count: Int, before start: CalendarHour) -> CalendarHour {
    switch self {
    case .hour: return start.advanced(byHours: -count)
    case .day: return start.advanced(byHours: -24 * count)
    case .month:
      let months = start.year * 12 + start.month - 1 - count
      return months < 12 ? CalendarHour(year: 1) : CalendarHour(year: months / 12, month: months % 12 + 1)
    case .year: return CalendarHour(year: max(1, start.year - count))
    }
  }

  /// The form of names that fits the period.
  package var template: String {
    switch self {
    case .hour: "{table}_{year}_{month}_{day}_{hour}"
    case .day: "{table}_{year}_{month}_{day}"
    case .month: "{table}_{year}_{month}"
    case .year: "{table}_{year}"
    }
  }

  /// The fields that a form of names must have, so that no two periods share a name.
  var fields: [String] {
    switch self {
    case .hour: ["{table}", "{year}", "{month}", "{day}", "{hour}"]
    case .day: ["{table}", "{year}", "{month}", "{day}"]
    case .month: ["{table}", "{year}", "{month}"]
    case .year: ["{table}", "{year}"]
    }
  }
}
