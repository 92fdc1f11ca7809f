import Foundation
import PostgresClient
import PostgresTesting
import Testing

/// The classes of python3-pgq's framework that no other test uses: the plain base class, the one that keeps its position in a file,
/// and the one that follows a cascade.
@Suite struct OriginalClassesTests {
  @Test(
    .originalPython, .timeLimit(.minutes(2)), arguments: ["baseconsumer.BaseConsumer", "localconsumer.LocalConsumer"])
  func plainClassesReceiveEverything(_ path: String) async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q", consumers: [])
      let scratch = try Scratch()
      let parts = path.split(separator: ".").map(String.init)
      let script = try scratch.write(
        "consumer.py",
        """
        import sys
        from pgq.\(parts[0]) import \(parts[1])

        class Printer(\(parts[1])):
            def process_event(self, db, ev):
                print("data", ev.ev_data, flush=True)

            def process_local_event(self, *arguments):
                print("data", arguments[-1].ev_data, flush=True)

        Printer("printer", "source", sys.argv[1:]).start()
        """)
      let settings = try scratch.write(
        "consumer.ini",
        """
        [printer]
        job_name = c
        source = \(database.connectionString.replacing("'", with: ""))
        queue_name = q
        consumer_name = c
        pidfile = \(scratch.path)/consumer.pid
        local_tracking_file = \(scratch.path)/consumer.tick
        loop_delay = 0.05
        """)
      _ = try await database.tools().program([OriginalPgQ.python, script, settings, "--register"]).runChecked()
      let consumer = try database.tools().program([OriginalPgQ.python, script, settings]).start()
      for number in 1...20 {
        try await session.insert("\(number)", into: "q")
        try await session.tick("q")
      }
      func received() -> [String] {
        consumer.standardOutput.split(separator: "\n").filter { $0.hasPrefix("data ") }.map { String($0.dropFirst(5)) }
      }
      try await pollUntil("all events to arrive") { received().count >= 20 }
      try await consumer.terminate()
      #expect(received() == (1...20).map(String.init))
    }
  }

  @Test(.originalPython, .timeLimit(.minutes(2))) func cascadedConsumerReadsFromItsProvider() async throws {
    try await withDatabase { leaf in
      try await QueueSession.with { root, session in
        try await session.connection.execute(
          """
          select pgq_node.register_location('q', 'root', '\(root.connectionString.replacing("'", with: ""))', false);
          select pgq_node.create_node('q', 'root', 'root', 'w_root', null, null, null);
          select pgq_node.register_location('q', 'leaf', '\(leaf.connectionString.replacing("'", with: ""))', false);
          select pgq_node.register_subscriber('q', 'leaf', 'w_leaf', null);
          """)
        try await leaf.psql(
          """
          select pgq_node.register_location('q', 'root', '\(root.connectionString.replacing("'", with: ""))', false);
          select pgq_node.register_location('q', 'leaf', '\(leaf.connectionString.replacing("'", with: ""))', false);
          select pgq_node.create_node('q', 'leaf', 'leaf', 'w_leaf', 'root', 1, null);
          create table target (data text);
          """)
        let scratch = try Scratch()
        let script = try scratch.write(
          "consumer.py",
          """
          import sys
          from pgq.cascade.consumer import CascadedConsumer

          class Copier(CascadedConsumer):
              def process_remote_event(self, src_curs, dst_curs, ev):
                  if not ev.ev_type.startswith("pgq."):
                      dst_curs.execute("insert into target values (%s)", [ev.ev_data])
                  ev.tag_done()

          Copier("copier", "target_db", sys.argv[1:]).start()
          """)
        let settings = try scratch.write(
          "consumer.ini",
          """
          [copier]
          job_name = c
          target_db = \(leaf.connectionString.replacing("'", with: ""))
          queue_name = q
          consumer_name = c
          pidfile = \(scratch.path)/consumer.pid
          loop_delay = 0.05
          """)
        let provider = "--provider=\(root.connectionString.replacing("'", with: ""))"
        _ = try await Program([OriginalPgQ.python, script, settings, "--register", provider]).runChecked()
        let consumer = try Program([OriginalPgQ.python, script, settings]).start()
        for number in 1...20 {
          try await session.insert("\(number)", into: "q")
          try await session.tick("q")
        }
        try await pollUntil("all events to arrive") { try await leaf.psql("select count(*) >= 20 from target") == "t" }
        try await consumer.terminate()
        let data = try await leaf.psql("select string_agg(data, ' ' order by data::int) from target")
        #expect(data == (1...20).map(String.init).joined(separator: " "))
      }
    }
  }
}
