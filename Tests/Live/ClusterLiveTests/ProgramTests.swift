import PostgresTesting
import Testing

@Suite struct ProgramTests {
  @Test func capturesOutputAndStatus() async throws {
    let output = try await Program(["sh", "-c", "cat; echo bad >&2; exit 3"], input: "text").run()
    #expect(output.status == 3)
    #expect(output.standardOutput == "text")
    #expect(output.standardError == "bad\n")
  }

  @Test func timeLimitKills() async throws {
    let program = try Program(["sleep", "1000"]).start()
    await #expect(throws: ProgramError.self) { try await program.waitForExit(timeout: .milliseconds(50)) }
    #expect(!program.isRunning)
  }

  @Test func cancellationKills() async throws {
    let program = try Program(["sleep", "1000"]).start()
    let waiting = Task { try await program.waitForExit() }
    waiting.cancel()
    #expect(try await waiting.value == 137)
  }

  @Test func missingProgramIsAResultThatNamesIt() async throws {
    let output = try await Program(["/no/such/program"]).run()
    #expect(output.status == 127)
    #expect(output.standardError.contains("/no/such/program"))
  }

  @Test func pollingGivesUpWithTheName() async throws {
    let error = await #expect(throws: PollTimeout.self) {
      try await pollUntil("Godot", timeout: .milliseconds(30)) { false }
    }
    #expect(error?.description.contains("Godot") == true)
  }
}
