import Foundation
import Logging
import ServiceRuntime
import Testing

@Suite struct LogTests {
  private func lines(_ format: LogSetup.Format, _ body: (Logger) -> Void) throws -> [String] {
    let path = temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    body(try LogSetup(file: path, format: format).open().logger("ticker"))
    return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  @Test func textHasTimeLevelMetadataAndNoSecrets() throws {
    let lines = try lines(.text) {
      $0.debug("not shown")
      $0.info("connected\nto host=h password=secret", metadata: ["queue": "q", "note": "two words"])
    }
    #expect(lines.count == 1)
    let line = try #require(lines.first)
    #expect(line.hasSuffix(#" info ticker: connected to host=h password=*** note="two words" queue=q"#))
    #expect(try line.contains(Regex(#"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z "#)))
  }

  @Test func jsonLinesParse() throws {
    let lines = try lines(.json) { $0.error("a \"quoted\"\nline\u{01}", metadata: ["uri": "postgres://u:secret@h/d"]) }
    let line = try #require(lines.first)
    let object = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String])
    #expect(object["message"] == "a \"quoted\"\nline\u{01}")
    #expect(object["level"] == "error")
    #expect(object["uri"] == "postgres://u:***@h/d")
  }

  @Test func reopenFollowsARotation() throws {
    let path = temporaryPath()
    let destination = try LogSetup(file: path).open()
    try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
    try destination.reopen()
    destination.logger("x").info("new file")
    #expect(try String(contentsOfFile: path, encoding: .utf8).contains("new file"))
    for each in [path, path + ".1"] { try? FileManager.default.removeItem(atPath: each) }
  }
}
