import Foundation
import Glibc
import PostgresTesting
import Testing

/// `trunkline consume --exec`
@Suite struct ConsumeExecTests {
  @Test func exitStatusDecides() async throws {
    try await ConsumeFixture.with("retry_delay=1h") { fixture in
      try await fixture.send(4)
      let script = """
        read -r line
        case "$line" in
          *'"p2"'*) echo first >&2; echo 'second: no luck' >&2; exit 75 ;;
          *'"p3"'*) echo hopeless >&2; exit 100 ;;
          *'"p4"'*) kill -9 $$ ;;
        esac
        echo "$line" >>done; echo "$TRUNKLINE_QUEUE $TRUNKLINE_CONSUMER" >>names
        """
      let output = try await fixture.consume("--exec", "bash", "-c", script).runChecked()
      #expect(fixture.payloads("done") == ["p1"])
      #expect(fixture.file("names") == "q c\n")
      #expect(output.standardError.contains("first\nsecond: no luck\n"), "standard error is passed on")
      let reasons = try await fixture.psql(
        "select string_agg(concat_ws(' ', reason, is_dead), ',' order by ev_id) from trunkline.failure")
      #expect(
        reasons == "second: no luck (exit status 75) f,hopeless (exit status 100) t,killed by signal 9 f", "\(reasons)")
      #expect(try await fixture.shell.json("dead", "list").array.map(\.["payload"].text) == ["p3"])
      #expect(try await fixture.psql("select string_agg(ev_data, ',' order by ev_id) from pgq.retry_queue") == "p2,p4")
    }
  }

  @Test func aFailedEventComesAgainUntilItIsDead() async throws {
    try await ConsumeFixture.with("max_attempts=3") { fixture in
      try await fixture.send(1)
      for attempt in 1...3 {
        try await fixture.consume("--exec", "sh", "-c", "cat >>in; echo try >&2; exit 1").runChecked()
        #expect(JSON.lines(fixture.file("in") ?? "").map(\.["attempt"].int) == Array(1...attempt))
        try await fixture.shell.tick()
      }
      #expect(try await fixture.lines().isEmpty)
      let letter = try await fixture.shell.json("dead", "list", "--queue", "q", "--consumer", "c")[0]
      #expect(letter["attempts"].int == 3 && letter["reason"].text == "try (exit status 1)")
      let number = "\(letter["letter"].int ?? 0)"
      #expect(try await fixture.shell.json("dead", "show", number)["failures"].array.count == 3)
      #expect(try await fixture.shell.checked("dead", "show", number).contains("try (exit status 1)"))

      try await fixture.shell.checked("dead", "replay", "q", "c", number)
      try await fixture.shell.tick()
      #expect(try await fixture.lines().map(\.["payload"].text) == ["p1"])
      let gone = try await fixture.shell.run("dead", "purge", "q", "c", number)
      #expect(gone.status == 78, "\(gone)")
    }
  }

  @Test func aBatchIsJudgedAsAWholeOrOneByOne() async throws {
    try await ConsumeFixture.with("retry_delay=1h") { fixture in
      try await fixture.send(4)
      try await fixture.consume("--batch", "--exec", "sh", "-c", "cat >first; echo broken >&2; exit 2").runChecked()
      #expect(fixture.payloads("first") == ["p1", "p2", "p3", "p4"])
      #expect(try await fixture.psql("select count(*) from pgq.retry_queue") == "4")
      #expect(try await fixture.psql("select distinct reason from trunkline.failure") == "broken (exit status 2)")

      try await fixture.psql("update pgq.retry_queue set ev_retry_after = now()")
      try await fixture.shell.tick()
      let script = """
        import json, os, sys
        with os.fdopen(3, 'w') as verdicts:
            for line in sys.stdin:
                event = json.loads(line)
                if event['payload'] == 'p2':
                    print(json.dumps({'event_id': event['event_id'], 'nack': 'later', 'delay': '2 days'}), file=verdicts)
                if event['payload'] == 'p3':
                    print(json.dumps({'event_id': event['event_id'], 'dead': 'never'}), file=verdicts)
        """
      try await fixture.consume("--batch", "--exec", "python3", "-c", script).runChecked()
      let waiting = try await fixture.psql(
        "select string_agg(ev_data || (ev_retry_after > now() + interval '1 day'), ',') from pgq.retry_queue")
      #expect(waiting == "p2true")
      #expect(try await fixture.shell.json("dead", "list").array.map(\.["reason"].text) == ["never"])
    }
  }

  @Test func anUnreadableVerdictFailsTheBatch() async throws {
    try await ConsumeFixture.with("retry_delay=1h") { fixture in
      try await fixture.send(2)
      try await fixture.consume("--batch", "--exec", "sh", "-c", "echo '{\"event_id\": 999999, \"dead\": \"x\"}' >&3")
        .runChecked()
      #expect(try await fixture.psql("select count(*) from pgq.retry_queue") == "2")
      #expect(try await fixture.psql("select min(reason) from trunkline.failure").contains("no event_id of this batch"))
    }
  }

  @Test func sigtermLetsTheProgramFinishAndGivesTheRestBack() async throws {
    try await ConsumeFixture.with { fixture in
      try await fixture.send(5)
      let script = "touch started; while [ ! -e go ]; do sleep 0.02; done; cat >>done"
      let running = try fixture.consume("--follow", "--log-level", "debug", "--exec", "sh", "-c", script).start()
      try await fixture.waitForFile("started")
      running.send(signal: SIGTERM)
      try await fixture.waitForDrain(running)
      #expect(running.isRunning)
      try fixture.touch("go")
      #expect(try await running.waitForExit() == 0)
      #expect(fixture.payloads("done") == ["p1"])
      let rest = try await fixture.lines()
      #expect(rest.map(\.["payload"].text) == ["p2", "p3", "p4", "p5"])
      #expect(rest.allSatisfy { $0["attempt"].int == 1 })
      #expect(try await fixture.psql("select acked_total from trunkline.delivery") == "5")
    }
  }

  @Test(arguments: [[SIGQUIT], [SIGINT, SIGINT]])
  func aSecondSignalKillsTheProgramWithoutBlame(signals: [Int32]) async throws {
    try await ConsumeFixture.with { fixture in
      try await fixture.send(2)
      let running = try fixture.consume(
        "--follow", "--log-level", "debug", "--exec", "sh", "-c", "touch started; sleep 600"
      ).start()
      try await fixture.waitForFile("started")
      running.send(signal: signals[0])
      if signals.count > 1 {
        try await fixture.waitForDrain(running)
        #expect(running.isRunning)
        running.send(signal: signals[1])
      }
      try await running.waitForExit(timeout: .seconds(60))
      let again = try await fixture.lines()
      #expect(again.map(\.["payload"].text) == ["p1", "p2"])
      #expect(again.allSatisfy { $0["attempt"].int == 1 })
    }
  }

  @Test func aProgramThatRunsTooLongIsKilledWithWhatItStarted() async throws {
    try await ConsumeFixture.with("retry_delay=1h") { fixture in
      try await fixture.send(1)
      let script = "sleep 600 & echo $! >child; echo 'about to hang' >&2; wait"
      try await fixture.consume("--timeout", "300ms", "--exec", "sh", "-c", script).runChecked(timeout: .seconds(30))
      let reason = try await fixture.psql("select reason from trunkline.failure")
      #expect(reason == "about to hang (killed after 0.3s, the time limit)")
      let child = Int32(fixture.file("child")?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "") ?? 0
      #expect(child > 1)
      try await pollUntil("its child to end") { kill(child, 0) != 0 }
    }
  }

  @Test func programsRunAtTheSameTime() async throws {
    try await ConsumeFixture.with { fixture in
      try await fixture.send(3)
      // Each waits for the other two: one after the other they would never end.
      let script = "touch worker-$$; while [ $(ls worker-* | wc -l) -lt 3 ]; do sleep 0.02; done"
      try await fixture.consume("--workers", "3", "--exec", "sh", "-c", script).runChecked(timeout: .seconds(60))
      #expect(try await fixture.lines().isEmpty)
    }
  }

  @Test func workIsNotRepeatedWhenTheConnectionIsLost() async throws {
    try await ConsumeFixture.with { fixture in
      try await fixture.send(2)
      let script = "cat >>done; touch started; while [ ! -e go ]; do sleep 0.02; done"
      let running = try fixture.consume("--follow", "--workers", "2", "--exec", "sh", "-c", script).start()
      try await pollUntil("both programs") { fixture.payloads("done").count == 2 }
      try await fixture.psql(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'trunkline' and datname = current_database()"
      )
      try fixture.touch("go")
      try await pollUntil("the acknowledgement") {
        try await fixture.psql("select acked_total from trunkline.delivery") == "2"
      }
      #expect(try await running.terminate() == 0)
      #expect(fixture.payloads("done").sorted() == ["p1", "p2"])
    }
  }

  @Test func signsOfLifeKeepTheLease() async throws {
    try await ConsumeFixture.with("lease_time=600ms") { fixture in
      try await fixture.send(1)
      let script = "touch started; while [ ! -e go ]; do sleep 0.02; done"
      let running = try fixture.consume("--exec", "sh", "-c", script).start()
      try await fixture.waitForFile("started")
      let lease = "select extract(epoch from lease_until) from trunkline.delivery"
      let first = Double(try await fixture.psql(lease)) ?? .infinity
      try await pollUntil("the lease to be longer than it was twice") {
        Double(try await fixture.psql(lease)) ?? 0 > first + 0.5
      }
      try fixture.touch("go")
      #expect(try await running.waitForExit() == 0)
    }
  }

  @Test func aProgramThatDoesNotReadItsInputIsNoProblem() async throws {
    try await ConsumeFixture.with { fixture in
      try await fixture.psql("select trunkline.send('q', repeat('x', 1000000))")
      try await fixture.shell.tick()
      try await fixture.consume("--exec", "true").runChecked(timeout: .seconds(30))
      #expect(try await fixture.lines().isEmpty)
    }
  }

  @Test func whatCannotRunIsRefusedBeforeAnythingIsReceived() async throws {
    try await ConsumeFixture.with { fixture in
      try await fixture.send(1)
      let missing = try await fixture.consume("--exec", "no-such-program").run()
      #expect(missing.status == 64 && missing.standardError.contains("no-such-program"))
      for arguments in [
        ["--batch"], ["--workers", "2"], ["--timeout", "1s"], ["--batch", "--workers", "2", "--exec", "x"],
      ] {
        var program = fixture.consume()
        program.arguments += arguments
        #expect(try await program.run().status == 64, "\(arguments)")
      }
      #expect(try await fixture.lines().count == 1)
    }
  }
}
