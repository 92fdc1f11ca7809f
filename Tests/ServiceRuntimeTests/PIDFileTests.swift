import Foundation
import ServiceRuntime
import Testing

@Suite struct PIDFileTests {
  @Test func secondOwnerIsRefusedAndNamed() throws {
    let path = temporaryPath()
    let first = try PIDFile(path: path)
    #expect(PIDFile.holder(of: path) == getpid())
    let error = #expect(throws: PIDFileError.self) { try PIDFile(path: path) }
    #expect(error?.description.contains("\(getpid())") == true)
    withExtendedLifetime(first) {}
  }

  @Test func releasedAndStaleFilesAreTakenOver() throws {
    let path = temporaryPath()
    do { _ = try PIDFile(path: path) }
    #expect(!FileManager.default.fileExists(atPath: path))
    try "99999999\nrubbish that is longer than a pid".write(toFile: path, atomically: true, encoding: .utf8)
    #expect(PIDFile.holder(of: path) == nil)
    let file = try PIDFile(path: path)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "\(getpid())\n")
    withExtendedLifetime(file) {}
  }

  @Test func unwritableDirectoryIsReported() {
    #expect(throws: PIDFileError.self) { try PIDFile(path: "/no/such/directory/pid") }
  }
}
