import Foundation
import PostgresTesting
import Testing

/// The crash kit itself, for a while: `make torture` runs it for longer. See docs/contributors/proof.md.
///
/// `TORTURE_SEED` repeats a run's decisions, `TORTURE_DURATION` sets its length.
@Suite struct TortureTests {
  private static func torture(_ arguments: [String]) async throws -> Program.Output {
    let path = URL(filePath: TrunklineProgram.path).deletingLastPathComponent().appending(path: "trunkline-torture")
      .path
    return try await Program([path] + arguments).run(timeout: .seconds(600))
  }

  private static func variable(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }

  @Test(.timeLimit(.minutes(10))) func everythingIsKilledAndNothingIsLostDoubledOrOutOfOrder() async throws {
    let seed = Self.variable("TORTURE_SEED") ?? "\(Int.random(in: 1...999_999))"
    let duration = Self.variable("TORTURE_DURATION") ?? "90s"
    print("torture: TORTURE_SEED=\(seed) TORTURE_DURATION=\(duration)")
    let output = try await Self.torture(["--seed", seed, "--duration", duration])
    #expect(output.status == 0, "\(output.standardOutput)\n\(output.standardError)")
    #expect(output.standardOutput.contains("Every promise was kept."))
    print(output.standardOutput)
  }

  /// On somebody's server: nothing is left, nobody else is touched.
  @Test(.timeLimit(.minutes(5))) func aServerOfSomebodyIsLeftAsItWas() async throws {
    try await PrivateCluster.with { cluster in
      let tools = PostgresTools(cluster: cluster)
      let databases = "select string_agg(datname, ',' order by datname) from pg_database"
      let before = try await tools.psql(databases)
      let bystander = try PostgresTools(cluster: cluster).program(["psql", "-c", "select pg_sleep(1000)"]).start()
      try await pollUntil("the bystander to be connected") {
        try await tools.psql("select count(*) from pg_stat_activity where query = 'select pg_sleep(1000)'") == "1"
      }
      let server = await cluster.serverProcess
      let output = try await Self.torture(["--seed", "3", "--duration", "10s", "--db", cluster.connectionString()])
      #expect(output.status == 0, "\(output.standardOutput)\n\(output.standardError)")
      #expect(try await tools.psql(databases) == before)
      #expect(await cluster.serverProcess == server)
      #expect(bystander.isRunning)
      bystander.send(signal: SIGKILL)
    }
  }
}
