import Foundation
import PostgresTesting
import Testing

@Suite struct PrivateClusterTests {
  @Test func survivesStopCrashAndRestart() async throws {
    try await PrivateCluster.with { cluster in
      let tools = PostgresTools(cluster: cluster)
      try await tools.psql("create table t (n int); insert into t values (1);")
      try await cluster.restart()
      try await tools.psql("insert into t values (2);")
      await cluster.kill()
      #expect(await cluster.serverProcess == nil)
      #expect(try await tools.tryPsql("select 1").status != 0)
      try await cluster.start()
      #expect(try await tools.psql("select sum(n) from t") == "3")
    }
  }

  @Test func removalLeavesNothing() async throws {
    let cluster = try await PrivateCluster.boot()
    let path = cluster.path
    #expect(FileManager.default.fileExists(atPath: path))
    await cluster.remove()
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func badSettingIsReportedWithTheLog() async throws {
    let error = await #expect(throws: ClusterError.self) {
      try await PrivateCluster.with(ClusterConfiguration(settings: ["work_mem": "many"])) { _ in }
    }
    #expect(error?.description.contains("work_mem") == true)
  }

  @Test func listensOnLoopbackOnlyWhenAsked() async throws {
    try await PrivateCluster.with(ClusterConfiguration(tcp: true)) { cluster in
      let tools = PostgresTools(cluster: cluster)
      let viaTCP = tools.program([cluster.binaries.path("psql"), "-XAtc", "select 1", cluster.tcpConnectionString()])
      let answer = try await viaTCP.runChecked()
      #expect(answer.trimmed == "1")
    }
    let shared = try await SharedCluster.shared()
    let addresses = try await PostgresTools(cluster: shared).psql("show listen_addresses")
    #expect(addresses.isEmpty)
  }

  @Test func eachTestOwnsItsDatabase() async throws {
    try await withDatabase(schemas: false) { one in
      try await withDatabase(schemas: false) { other in
        #expect(one.name != other.name)
        try await one.psql("create table only_here ()")
        #expect(try await other.psql("select to_regclass('only_here') is null") == "t")
      }
    }
  }
}
