import Foundation
import ServiceRuntime
import Testing

@Suite struct SettingsTests {
  @Test func flagsWinOverEnvironmentOverFile() async throws {
    let path = temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try #"{"ticker":{"period":3,"count":30,"databases":["a","b"],"fast":true},"db":"file"}"#
      .write(toFile: path, atomically: true, encoding: .utf8)
    let settings = try await Settings(
      flags: ["ticker.period": "1s"],
      environment: ["TRUNKLINE_TICKER_PERIOD": "2s", "TRUNKLINE_DB": "environment", "DB": "not ours"], file: path)
    #expect(try settings.duration("ticker.period", default: .seconds(9)) == .seconds(1))
    #expect(settings.text("db") == "environment")
    #expect(try settings.int("ticker.count", default: 9) == 30)
    #expect(try settings.bool("ticker.fast", default: false))
    #expect(settings.list("ticker.databases") == ["a", "b"])
    #expect(try settings.int("ticker.unset", default: 9) == 9)
  }

  @Test func wrongValuesAreReportedByKey() async throws {
    let settings = try await Settings(environment: [
      "TRUNKLINE_N": "many", "TRUNKLINE_B": "maybe", "TRUNKLINE_D": "soon", "TRUNKLINE_L": "a,b",
    ])
    #expect(throws: SettingError.self) { try settings.int("n", default: 1) }
    #expect(throws: SettingError.self) { try settings.bool("b", default: true) }
    #expect(throws: SettingError.self) { try settings.duration("d", default: .seconds(1)) }
    #expect(settings.list("l") == ["a", "b"])
  }

  @Test func badFilesAreReported() async throws {
    await #expect(throws: SettingError.self) { try await Settings(file: "/no/such/file") }
    let path = temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try "{".write(toFile: path, atomically: true, encoding: .utf8)
    await #expect(throws: SettingError.self) { try await Settings(file: path) }
  }

  @Test(arguments: [
    ("250ms", Duration.milliseconds(250)), ("2", .seconds(2)), ("1.5min", .seconds(90)), ("1h", .seconds(3600)),
  ])
  func durations(_ text: String, _ duration: Duration) {
    #expect(Duration(parsing: text) == duration)
  }

  @Test(arguments: ["", "s", "-1s", "1 fortnight", "1e99", "nan", "."]) func badDurations(_ text: String) {
    #expect(Duration(parsing: text) == nil)
  }
}
