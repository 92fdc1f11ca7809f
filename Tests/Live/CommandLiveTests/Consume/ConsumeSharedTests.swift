import Foundation
import Glibc
import PostgresTesting
import Testing

/// `trunkline consume` by several, and with order by key.
@Suite struct ConsumeSharedTests {
  @Test func membersShareTheWork() async throws {
    try await ConsumeFixture.with { fixture in
      let script = "cat >>done; touch worked-$TRUNKLINE_MEMBER; while [ ! -e go ]; do sleep 0.02; done"
      var running: [RunningProgram] = []
      for member in ["m1", "m2"] {
        running.append(
          try fixture.consume("--member", member, "--follow", "--batch", "--exec", "sh", "-c", script).start())
      }
      // Each holds a batch while the other one works: nobody has them both.
      for number in 1...2 {
        try await fixture.send(3, from: 3 * number - 2)
        try await pollUntil("batch \(number)") { fixture.payloads("done").count == 3 * number }
      }
      try await fixture.waitForFile("worked-m1")
      try await fixture.waitForFile("worked-m2")
      try fixture.touch("go")
      for one in running { #expect(try await one.terminate() == 0) }
      #expect(fixture.payloads("done").sorted() == (1...6).map { "p\($0)" })
      #expect(try await fixture.lines("--member", "m3").isEmpty)
    }
  }

  @Test func keysKeepTheirOrderThroughFailuresAndWorkers() async throws {
    try await ConsumeFixture.with("lanes=2") { fixture in
      try await fixture.send(24, keys: "'k' || i % 4")
      // Every third event fails at first; whatever comes behind it must wait for it.
      let script = """
        import json, os, sys, time
        event = json.loads(sys.stdin.readline())
        key, number = event['key'], int(event['payload'][1:])
        lock = os.open('busy-' + key, os.O_CREAT | os.O_EXCL)
        time.sleep(0.02)
        if number % 3 == 0 and event['attempt'] == 1:
            os.unlink('busy-' + key)
            sys.exit('not yet')
        with open('done', 'a') as file:
            print(key, number, file=file)
        os.unlink('busy-' + key)
        """
      let running = try fixture.consume(
        "--member", "m", "--follow", "--workers", "4", "--exec", "python3", "-c", script
      ).start()
      try await pollUntil("all events", timeout: .seconds(60)) {
        (fixture.file("done") ?? "").split(separator: "\n").count >= 24
      }
      #expect(try await running.terminate() == 0)
      var order: [Substring: [Int]] = [:]
      for line in (fixture.file("done") ?? "").split(separator: "\n") {
        let words = line.split(separator: " ")
        order[words[0], default: []].append(Int(words[1]) ?? 0)
      }
      for (key, numbers) in order {
        #expect(numbers == numbers.sorted() && numbers.count == 6, "\(key): \(numbers)")
      }
      #expect(!running.standardError.contains("FileExistsError"), "one key at two programs: \(running.standardError)")
    }
  }

  @Test(arguments: ["retry_delay=0", "lanes=1"])
  func stoppingBehindADeadEventKeepsTheRest(setting: String) async throws {
    try await ConsumeFixture.with(setting) { fixture in
      try await fixture.send(4, keys: "'k' || i")
      let script = """
        read -r line
        case "$line" in
          *'"p2"'*) touch started; while [ ! -e go ]; do sleep 0.02; done; exit 100 ;;
        esac
        """
      let running = try fixture.consume("--follow", "--log-level", "debug", "--exec", "bash", "-c", script).start()
      try await fixture.waitForFile("started")
      running.send(signal: SIGTERM)
      try await fixture.waitForDrain(running)
      try fixture.touch("go")
      #expect(try await running.waitForExit() == 0)
      let rest = try await fixture.lines()
      #expect(rest.map(\.["payload"].text) == ["p3", "p4"])
      #expect(rest.allSatisfy { $0["attempt"].int == 1 })
      #expect(try await fixture.shell.json("dead", "list").array.map(\.["payload"].text) == ["p2"])
      let show = try await fixture.shell.json("consumer", "show", "q", "c")["received"]
      #expect(show["acknowledged"].int == 3 && show["dead"].int == 1, "\(show)")
    }
  }

  @Test func stoppingAmongParkedEventsKeepsTheRest() async throws {
    try await ConsumeFixture.with("lanes=1") { fixture in
      try await fixture.send(4, keys: "'k'")
      // The first fails: all four are parked, and come again once it had its wait.
      try await fixture.consume("--max", "4", "--exec", "false").runChecked()
      let script = """
        cat >>done
        [ $(wc -l <done) = 2 ] && { touch started; while [ ! -e go ]; do sleep 0.02; done; }
        exit 0
        """
      let running = try fixture.consume("--follow", "--log-level", "debug", "--exec", "bash", "-c", script).start()
      try await fixture.waitForFile("started")
      running.send(signal: SIGTERM)
      try await fixture.waitForDrain(running)
      try fixture.touch("go")
      #expect(try await running.waitForExit() == 0)
      #expect(fixture.payloads("done") == ["p1", "p2"])
      var rest: [String?] = []
      try await pollUntil("the rest") {
        rest += try await fixture.lines().map(\.["payload"].text)
        return rest.count >= 2
      }
      #expect(rest == ["p3", "p4"])
    }
  }
}
