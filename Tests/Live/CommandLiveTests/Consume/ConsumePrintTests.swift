import Foundation
import Glibc
import PostgresClient
import PostgresTesting
import Testing

/// `trunkline consume` without a program.
@Suite struct ConsumePrintTests {
  @Test func printsOneShapeOfLinesAndAcknowledges() async throws {
    try await ConsumeFixture.with { fixture in
      try await fixture.psql(
        #"""
        select trunkline.send('q', E'line\nbreak "quote" \\ 🐘 ' || chr(1), type => 't', key => 'k',
                              headers => '{"trace": "x"}');
        select pgq.insert_event('q', null, null, 'e1', 'e2', 'no json', null);
        """#)
      try await fixture.shell.tick()
      let lines = try await fixture.lines()
      #expect(lines.count == 2)
      let names: Set = [
        "v", "queue", "consumer", "event_id", "type", "key", "payload", "headers", "attempt", "sent_at", "extra1",
        "extra2",
      ]
      for line in lines { #expect(line.keys == names) }
      let (first, second) = (lines[0], lines[1])
      #expect(first["v"].int == 1 && first["queue"].text == "q" && first["consumer"].text == "c")
      #expect(first["payload"].text == "line\nbreak \"quote\" \\ 🐘 \u{1}")
      #expect(first["headers"]["trace"].text == "x" && first["key"].text == "k" && first["attempt"].int == 1)
      #expect(first["sent_at"].text?.hasSuffix("Z") == true)
      #expect(second["type"].isNull && second["payload"].isNull && second["key"].isNull)
      #expect(second["extra1"].text == "e1" && second["extra2"].text == "e2" && second["headers"].text == "no json")
      #expect(try await fixture.lines().isEmpty)
    }
  }

  @Test func killedBetweenOutputAndAcknowledgementBringsTheEventsAgain() async throws {
    try await ConsumeFixture.with { fixture in
      // More than a pipe holds: the output stops until somebody reads.
      try await fixture.psql("select trunkline.send('q', 'p' || i || repeat('x', 100000)) from generate_series(1, 4) i")
      try await fixture.shell.tick()
      // Nobody writes into the pipe before the lock is there, which makes the acknowledgement wait.
      let connection = try await PostgresConnection.connect(.init(fixture.shell.database.connectionString))
      let command = fixture.consume().arguments.map { "'\($0)'" }.joined(separator: " ")
      let gate = "while [ ! -e locked ]; do sleep 0.02; done"
      var program = fixture.consume()
      program.arguments = ["bash", "-c", "\(command) > >(\(gate); cat >out) & echo $! >pid; wait $!"]
      let running = try program.start()
      try await pollUntil("the events to be received") {
        try await fixture.psql("select count(*) from trunkline.delivery where upto_id is not null") == "1"
      }
      try await connection.execute("begin; select from pgq.subscription for update")
      try fixture.touch("locked")
      try await pollUntil("the acknowledgement to wait") {
        try await fixture.psql(
          "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database() and query like '%trunkline.ack%'"
        )
          == "1"
      }
      #expect(fixture.payloads("out").count == 4)
      let pid = Int32(fixture.file("pid")?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "") ?? 0
      #expect(pid > 1)
      if pid > 1 { kill(pid, SIGKILL) }
      try await running.waitForExit()
      try await pollUntil("its session to end") {
        try await fixture.psql(
          "select pg_cancel_backend(pid) from pg_stat_activity where datname = current_database() and query like '%trunkline.ack(%' and pid <> pg_backend_pid()"
        )
          == ""
      }
      try await connection.execute("rollback")
      await connection.close()

      let again = try await fixture.lines()
      #expect(again.map { $0["payload"].text?.prefix(2) } == ["p1", "p2", "p3", "p4"])
      #expect(again.allSatisfy { $0["attempt"].int == 1 })
      #expect(try await fixture.lines().isEmpty)
    }
  }

  @Test func closedOutputAcknowledgesNothing() async throws {
    try await ConsumeFixture.with { fixture in
      try await fixture.send(3)
      let command = fixture.consume().arguments.map { "'\($0)'" }.joined(separator: " ")
      var program = fixture.consume()
      // A pipe that nobody reads any more.
      program.arguments = ["bash", "-c", "mkfifo p; exec 3<>p 4>p 3<&-; \(command) >&4; echo $?"]
      let output = try await program.run()
      #expect(output.trimmed == "1" && output.standardError.contains("standard output"), "\(output)")
      #expect(try await fixture.lines().count == 3)
    }
  }

  @Test func endsAfterSoManyEvents() async throws {
    try await ConsumeFixture.with { fixture in
      try await fixture.send(5)
      #expect(try await fixture.lines("--max", "2").map(\.["payload"].text) == ["p1", "p2"])
      #expect(try await fixture.lines("--batch-size", "2").map(\.["payload"].text) == ["p3", "p4", "p5"])
    }
  }

  @Test func registersAndFollowsUntilASignal() async throws {
    try await ConsumeFixture.with { fixture in
      let unknown = try await fixture.shell.run("consume", "q", "--consumer", "new")
      #expect(unknown.status == 78 && unknown.standardError.contains("not registered"), "\(unknown)")
      let running = try fixture.shell.program(["consume", "q", "--consumer", "new", "--register", "--follow"]).start()
      try await pollUntil("the registration") {
        try await fixture.psql("select count(*) from pgq.get_consumer_info('q', 'new')") == "1"
      }
      for number in 1...3 {
        try await fixture.send(1, from: number)
        try await pollUntil("event \(number)") { JSON.lines(running.standardOutput).count == number }
      }
      #expect(try await running.terminate() == 0)
      #expect(running.standardError == "")
      #expect(try await fixture.psql("select pending_events from pgq.get_consumer_info('q', 'new')") != "")
    }
  }

  @Test func theOlderOfTwoReceiversEnds() async throws {
    try await ConsumeFixture.with { fixture in
      try await fixture.send(1)
      let slow = try fixture.consume(
        "--follow", "--exec", "sh", "-c", "touch started; while [ ! -e go ]; do sleep 0.02; done"
      ).start()
      try await fixture.waitForFile("started")
      #expect(try await fixture.lines().count == 1)
      try fixture.touch("go")
      #expect(try await slow.waitForExit() == 75)
      #expect(slow.standardError.contains("somebody else works as consumer \"c\""), "\(slow.standardError)")
    }
  }
}
