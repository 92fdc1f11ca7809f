import Foundation
import PostgresClient
import PostgresTesting
import Testing

/// Memory does not grow with a batch; a stop finishes the batch in work.
@Suite struct MovingLimitTests {
  /// The events of the largest transaction; `TRUNKLINE_LARGE_ROWS=5000000` for a longer run.
  static let events = ProcessInfo.processInfo.environment["TRUNKLINE_LARGE_ROWS"].flatMap { Int($0) } ?? 300_000

  @Test(.timeLimit(.minutes(10)), arguments: ["move", "load"])
  func memoryStaysConstantInAHugeBatch(_ verb: String) async throws {
    try await MovingFixture.with { fixture in
      try await fixture.target.run("select pgq.create_queue('copy'); create table t (id int, v text)")
      let process = try fixture.command(verb, verb == "move" ? "--target-queue=copy" : "--mode=log").start()
      try await fixture.waitUntilApplied()
      try await insert(3000, fixture)
      try await fixture.waitUntilApplied()
      let before = try Self.peak(process)
      try await insert(Self.events, fixture)
      try await fixture.waitUntilApplied(timeout: .seconds(400))
      let after = try Self.peak(process)
      #expect(after - before < 50_000, "peak \(before) kB, then \(after) kB")
      #expect(try await process.terminate() == 0)
      #expect(try await fixture.target.value("select events::text from trunkline.position") == "\(Self.events + 3000)")
    }
  }

  @Test(.timeLimit(.minutes(1))) func aStopFinishesTheBatchInWork() async throws {
    try await MovingFixture.with { fixture in
      try await fixture.target.run("select pgq.create_queue('copy'); create table t (id int, v text)")
      let process = try fixture.command("move", "--target-queue", "copy", "--log-level", "debug").start()
      try await fixture.waitUntilApplied()
      try await fixture.target.withConnection { blocker in
        try await blocker.execute("begin; lock table pgq.event_1_0, pgq.event_1_1, pgq.event_1_2 in share mode")
        try await insert(10, fixture)
        try await fixture.tick()
        try await pollUntil("the process to wait for the lock") {
          try await !blocker.query(
            """
            select 1 from pg_stat_activity where application_name = 'trunkline move' and wait_event_type = 'Lock'
              and datname = current_database()
            """
          ).isEmpty
        }
        process.send(signal: SIGTERM)
        try await pollUntil("the process to hear of it") { process.standardError.lowercased().contains("shut") }
        try await blocker.execute("rollback")
      }
      #expect(try await process.waitForExit() == 0)
      #expect(try await fixture.target.value("select count(*)::text from pgq.event_template") == "10")
      #expect(
        try await fixture.source.value("select (sub_batch is null)::text from pgq.subscription") == "true",
        "the batch is finished at the source, too")
    }
  }

  private func insert(_ count: Int, _ fixture: MovingFixture) async throws {
    try await fixture.source.run(
      """
      select pgq.insert_event('orders', 'I:id', 'id=' || g || '&v=a+row+of+some+length', 'public.t', null, null, null)
      from generate_series(1, \(count)) g
      """)
  }

  /// The most memory that the program ever had, in kB.
  private static func peak(_ program: RunningProgram) throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(program.processIdentifier)/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
    return Int(line.filter(\.isNumber)) ?? 0
  }
}
