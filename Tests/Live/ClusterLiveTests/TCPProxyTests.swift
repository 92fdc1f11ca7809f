import Foundation
import PostgresTesting
import Testing

@Suite struct TCPProxyTests {
  private func session(_ proxy: TCPProxy, _ sql: String) async throws -> RunningProgram {
    let cluster = try await SharedCluster.shared()
    return try Program([
      cluster.binaries.path("psql"), "-XAt", cluster.tcpConnectionString(port: proxy.port), "-c", sql,
    ]).start()
  }

  @Test func forwards() async throws {
    let proxy = try await TCPProxy(to: SharedCluster.shared())
    let psql = try await session(proxy, "select repeat('x', 1000000)")
    #expect(try await psql.waitForExit() == 0)
    #expect(psql.standardOutput.utf8.count == 1_000_001)
    try await pollUntil("the connection to be forgotten") { proxy.connectionCount == 0 }
    proxy.stop()
  }

  @Test func cutEndsASessionAtOnce() async throws {
    let proxy = try await TCPProxy(to: SharedCluster.shared())
    let psql = try await session(proxy, "select pg_sleep(1000)")
    try await pollUntil("psql to connect") { proxy.connectionCount == 1 }
    proxy.cut()
    #expect(try await psql.waitForExit(timeout: .seconds(20)) == 2)
    proxy.stop()
  }

  @Test func pauseHoldsBytesUntilResume() async throws {
    let proxy = try await TCPProxy(to: SharedCluster.shared())
    proxy.pause()
    let psql = try await session(proxy, "select 42")
    try await pollUntil("psql to connect") { proxy.connectionCount == 1 }
    #expect(psql.isRunning)
    proxy.resume()
    #expect(try await psql.waitForExit() == 0)
    proxy.stop()
  }

  @Test func refusesNewConnectionsOnDemand() async throws {
    let proxy = try await TCPProxy(to: SharedCluster.shared())
    proxy.refuse(true)
    let refused = try await session(proxy, "select 1").waitForExit()
    #expect(refused != 0)
    proxy.refuse(false)
    let admitted = try await session(proxy, "select 1").waitForExit()
    #expect(admitted == 0)
    proxy.stop()
  }
}
