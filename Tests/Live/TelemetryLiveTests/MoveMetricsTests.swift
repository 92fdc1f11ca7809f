import PostgresTesting
import Testing

/// The daemons that move queues serve numbers and health.
@Suite struct MoveMetricsTests {
  @Test(.timeLimit(.minutes(1))) func aMoveTellsItsNumbersAndWhetherItWorks() async throws {
    try await withDatabase { source in
      try await withDatabase { target in
        try await source.psql(
          """
          select pgq.create_queue('orders'), pgq.register_consumer('orders', 'move');
          select pgq.insert_event('orders', 't', 'x');
          """)
        try await source.psql("select pgq._make_tick('orders');")
        let process = try TrunklineProgram.command([
          "queue", "move", "orders", "--source", source.connectionString, "--target", target.connectionString,
          "--target-queue", "copy", "--metrics-listen", "0",
        ]).start()
        try await pollUntil("the port to be named") { Self.port(process) != nil }
        let port = try #require(Self.port(process))
        // The target queue is missing: the process lives, but does not work.
        try await pollUntil("the reason") {
          let answer = try await get("/readyz", port: port)
          return answer.status == 503 && answer.body.contains("copy")
        }
        let alive = try await get("/healthz", port: port)
        #expect(alive.status == 200)
        try await target.psql("select pgq.create_queue('copy');")
        try await pollUntil("it to work") { try await get("/readyz", port: port).status == 200 }
        let numbers = try await get("/metrics", port: port).body
        #expect(numbers.contains(#"trunkline_transfer_events_total{queue="orders",consumer="move"} 1"#), "\(numbers)")
        #expect(numbers.contains(#"trunkline_transfer_failures_total{queue="orders",consumer="move"}"#))
        let status = try await process.terminate()
        #expect(status == 0)
      }
    }
  }

  private static func port(_ process: RunningProgram) -> Int? {
    let line = process.standardError.split(separator: "\n").first { $0.contains("metrics are served") }
    return line.flatMap { $0.firstMatch(of: /:(\d+)\/metrics/) }.flatMap { Int($0.1) }
  }
}
