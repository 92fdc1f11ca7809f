import EventFormats
import Testing

@testable import TableReplication

@Suite struct PartitionPeriodTests {
  @Test(arguments: [
    ("2020-02-29", "2020-02-29 00:00:00"),
    ("2020-02-03 04:59:59.999", "2020-02-03 04:00:00"),
    ("2020-02-03T04:05:06", "2020-02-03 04:00:00"),
    ("2020-02-03 04:05:06+00", "2020-02-03 04:00:00"),
    ("2020-02-03 23:05:06-02", "2020-02-04 01:00:00"),
    ("2020-01-01 00:05:06+05:30", "2019-12-31 18:00:00"),
    ("2020-01-01T00:29:06+00:30", "2019-12-31 23:00:00"),
    ("2020-02-03T04:05:06Z", "2020-02-03 04:00:00"),
  ])
  func timesAreRead(_ text: String, _ hour: String) {
    #expect(CalendarHour(parsing: text)?.text == hour)
  }

  @Test(arguments: [
    "", "infinity", "-infinity", "2020", "2021-02-29", "2020-13-01", "0044-03-15 BC", "12020-01-01", "03.02.2020",
    "2020-02-03x04:05", "2020-02-03 4",
  ])
  func whatIsNoTime(_ text: String) { #expect(CalendarHour(parsing: text) == nil) }

  @Test func periodsBeginAndEnd() throws {
    let time = try #require(CalendarHour(parsing: "2020-12-31 23:10:00"))
    func span(_ period: PartitionPeriod) -> String {
      let start = period.start(of: time)
      return "\(start.text) \(period.next(after: start).text) \(period.start(13, before: start).text)"
    }
    #expect(span(.hour) == "2020-12-31 23:00:00 2021-01-01 00:00:00 2020-12-31 10:00:00")
    #expect(span(.day) == "2020-12-31 00:00:00 2021-01-01 00:00:00 2020-12-18 00:00:00")
    #expect(span(.month) == "2020-12-01 00:00:00 2021-01-01 00:00:00 2019-11-01 00:00:00")
    #expect(span(.year) == "2020-01-01 00:00:00 2021-01-01 00:00:00 2007-01-01 00:00:00")
  }

  @Test func namesHaveTheFieldsOfThePeriod() throws {
    let table = try QualifiedName(parsing: "public.t")
    let hour = try #require(CalendarHour(parsing: "2020-02-03 04:00:00"))
    func name(_ period: PartitionPeriod, _ template: String? = nil) throws -> String {
      try PartitionScheme(.event, period, template: template).name(of: table, period.start(of: hour)).quoted
    }
    #expect(try name(.hour) == "public.t_2020_02_03_04")
    #expect(try name(.year) == "public.t_2020")
    #expect(try name(.month, "Old.{table}-{month}.{year}") == #""Old"."t-02.2020""#)
    #expect(throws: ApplyError.self) { try name(.day, "{table}_{year}_{month}") }
    #expect(throws: ApplyError.self) { try name(.year, "{year}") }
    #expect(throws: ApplyError.self) { try name(.year, "{table}{year}" + String(repeating: "x", count: 60)) }
  }
}
