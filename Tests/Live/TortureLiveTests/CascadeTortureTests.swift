import Foundation
import PostgresTesting
import Testing

/// Three nodes under faults, for a while: `make torture CASCADE=1` runs it for longer.
///
/// `TORTURE_SEED` repeats a run's decisions, `TORTURE_DURATION` sets its length.
@Suite struct CascadeTortureTests {
  @Test(.timeLimit(.minutes(15))) func cascadeKeepsEveryRowThroughKillsCrashesAndSwitchovers() async throws {
    let variables = ProcessInfo.processInfo.environment
    let seed = variables["TORTURE_SEED"] ?? "\(Int.random(in: 1...999_999))"
    let path = URL(filePath: TrunklineProgram.path).deletingLastPathComponent().appending(path: "trunkline-torture")
      .path
    let output = try await Program([
      path, "cascade", "--seed", seed, "--duration", variables["TORTURE_DURATION"] ?? "40s",
    ])
    .run(timeout: .seconds(840))
    print(output.standardOutput)
    #expect(output.status == 0, "\(output.standardOutput)\n\(output.standardError)")
    #expect(output.standardOutput.contains("Every promise was kept."))
  }
}
