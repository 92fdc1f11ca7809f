/// An hour of the calendar, without a time zone of its own.
package struct CalendarHour: Hashable, Comparable, Sendable {
  package var year: Int, month: Int, day: Int, hour: Int

  package init(year: Int, month: Int = 1, day: Int = 1, hour: Int = 0) {
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
  }

  /// Reads a date or time as PostgreSQL writes it with DateStyle ISO, or as JSON has it: `2020-02-03`,
  /// `2020-02-03 04:05:06.7`, `2020-02-03T04:05:06+02:30`. A time with an offset is that of UTC.
  ///
  /// `nil` for everything else, also for infinity, years before Christ and those after 9999.
  package init?(parsing text: String) {
    let bytes = Array(text.utf8)
    func number(_ from: Int, _ count: Int) -> Int? {
      guard from + count <= bytes.count else { return nil }
      var value = 0
      for byte in bytes[from..<from + count] {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = value * 10 + Int(byte - 0x30)
      }
      return value
    }
    guard bytes.count >= 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      bytes.last != UInt8(ascii: "C"),
      let year = number(0, 4), let month = number(5, 2), let day = number(8, 2), year > 0, (1...12).contains(month),
      (1...Self.days(in: month, of: year)).contains(day)
    else { return nil }
    self.init(year: year, month: month, day: day)
    guard bytes.count > 10 else { return }
    guard bytes[10] == UInt8(ascii: " ") || bytes[10] == UInt8(ascii: "T"), let hour = number(11, 2), hour <= 24,
      let minute = number(14, 2)
    else { return nil }
    var minutes = hour * 60 + minute
    if bytes.last == UInt8(ascii: "Z") {
      self = advanced(byHours: minutes / 60)
    } else if let sign = bytes.dropFirst(16).firstIndex(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }) {
      guard let offsetHours = number(sign + 1, 2) else { return nil }
      let hasMinutes = sign + 3 < bytes.count
      let offset = offsetHours * 60 + (hasMinutes ? number(sign + 4, 2) ?? 0 : 0)
      minutes += bytes[sign] == UInt8(ascii: "-") ? offset : -offset
      self = advanced(byHours: Int((Double(minutes) / 60).rounded(.down)))
    } else {
      self = advanced(byHours: hour)
    }
  }

  package static func < (left: Self, right: Self) -> Bool {
    (left.year, left.month, left.day, left.hour) < (right.year, right.month, right.day, right.hour)
  }

  static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// The hour that is so many later, or earlier.
  func advanced(byHours hours: Int) -> CalendarHour {
    var result = self
    result.hour += hours
    while result.hour < 0 {
      result.hour += 24
      result = result.previousDay
    }
    while result.hour >= 24 {
      result.hour -= 24
      result = result.nextDay
    }
    return result
  }

  private var nextDay: CalendarHour {
    var result = self
    result.day += 1
    if result.day > Self.days(in: month, of: year) {
      result.day = 1
      result.month += 1
    }
    if result.month > 12 {
      result.month = 1
      result.year += 1
    }
    return result
  }

  private var previousDay: CalendarHour {
    var result = self
    result.day -= 1
    if result.day < 1 {
      result.month -= 1
      if result.month < 1 {
        result.month = 12
        result.year -= 1
      }
      result.day = Self.days(in: result.month, of: result.year)
    }
    return result
  }

  /// `2020-02-03 04:00:00`
  var text: String { "\(Self.padded(year, 4))-\(Self.padded(month))-\(Self.padded(day)) \(Self.padded(hour)):00:00" }

  static func padded(_ number: Int, _ width: Int = 2) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
