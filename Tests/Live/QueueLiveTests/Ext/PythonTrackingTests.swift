import Foundation
import PostgresClient
import PostgresTesting
import Testing

/// The consumers of python3-pgq that track in the target run unchanged.
@Suite struct PythonTrackingTests {
  @Test(.originalPython, .timeLimit(.minutes(1)), arguments: ["RemoteConsumer", "SerialConsumer"])
  func targetHasEveryEventOnce(_ kind: String) async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q", consumers: [])
      try await session.connection.execute("create table target (data text)")
      let directory = FileManager.default.temporaryDirectory.appending(path: "trunkline-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: directory) }
      let script = directory.appending(path: "remote.py")
      try Data(Self.program(kind).utf8).write(to: script)
      let settings = directory.appending(path: "remote.ini")
      let connection = database.connectionString.replacing("'", with: "")
      try Data(
        """
        [copy]
        job_name = c
        source = \(connection)
        target = \(connection)
        queue_name = q
        consumer_name = c
        pidfile = \(directory.path)/remote.pid
        loop_delay = 0.05
        """.utf8
      ).write(to: settings)
      func program(_ arguments: [String]) -> Program {
        database.tools().program([OriginalPgQ.python, script.path, settings.path] + arguments)
      }
      _ = try await program(["--register"]).runChecked()
      let running = try program([]).start()
      for number in 1...20 {
        try await session.insert("\(number)", into: "q")
        try await session.tick("q")
      }
      try await pollUntil("all events to arrive") {
        try await session.value("select count(*) >= 20 from target")
      }
      try await running.terminate()
      let data = try await session.values("select data from target order by data::int", as: String.self)
      #expect(data == (1...20).map(String.init))
      let tracked = kind == "SerialConsumer" ? "completed_tick" : "completed_batch"
      #expect(try await session.values(PostgresQuery("select consumer_id from pgq_ext.\(tracked)" as String)) == ["c"])
    }
  }

  private static func program(_ kind: String) -> String {
    """
    import sys
    import pgq

    class Copier(pgq.\(kind)):
        def process_remote_batch(self, db, batch_id, ev_list, dst_db):
            curs = dst_db.cursor()
            for ev in ev_list:
                curs.execute("insert into target values (%s)", [ev.ev_data])
                ev.tag_done()

    Copier("copy", "source", "target", sys.argv[1:]).start()
    """
  }
}
