import Foundation
import PostgresClient
import PostgresTesting
import Testing

/// The cooperative consumer of python3-pgq runs unchanged.
@Suite struct PythonMembersTests {
  @Test(.originalPython, .timeLimit(.minutes(1))) func membersShareEventsAndRetries() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q", consumers: [])
      let directory = FileManager.default.temporaryDirectory.appending(path: "trunkline-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: directory) }
      let script = directory.appending(path: "member.py")
      try Data(Self.member.utf8).write(to: script)

      func program(_ member: String, _ arguments: [String]) throws -> Program {
        let settings = directory.appending(path: "\(member).ini")
        let text = """
          [collect]
          job_name = c_\(member)
          db = \(database.connectionString.replacing("'", with: ""))
          queue_name = q
          consumer_name = c
          subconsumer_name = \(member)
          subconsumer_timeout = 1 hour
          pidfile = \(directory.path)/\(member).pid
          loop_delay = 0.05
          """
        try Data(text.utf8).write(to: settings)
        return database.tools().program([OriginalPgQ.python, script.path, settings.path] + arguments)
      }

      for member in ["a", "b"] { _ = try await program(member, ["--register"]).runChecked() }
      let running = try [program("a", []).start(), program("b", []).start()]
      for round in 0..<20 {
        try await session.connection.query(
          "select pgq.insert_event('q', 't', (\(round) * 10 + i)::text) from generate_series(1, 10) i")
        try await session.tick("q")
      }
      func lines() -> [String] { running.flatMap { $0.standardOutput.split(separator: "\n").map(String.init) } }
      let expected = (1...200).map { $0 % 7 == 0 ? "\($0) retried" : "\($0)" }
      try await pollUntil("all events to arrive") {
        try await session.connection.execute("select pgq.maint_retry_events(); select pgq._make_tick('q')")
        return lines().count >= expected.count
      }
      for member in running { try await member.terminate() }
      #expect(lines().sorted() == expected.sorted())
    }
  }

  private static let member = """
    import sys
    import pgq

    class Collector(pgq.CoopConsumer):
        def process_event(self, db, ev):
            if int(ev.ev_data) % 7 == 0 and not ev.retry:
                ev.tag_retry(0)
                return
            print(ev.ev_data + (" retried" if ev.retry else ""), flush=True)
            ev.tag_done()

    Collector("collect", "db", sys.argv[1:]).start()
    """
}
