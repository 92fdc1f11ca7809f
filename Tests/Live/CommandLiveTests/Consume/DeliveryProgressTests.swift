import Testing

@testable import TrunklineCommands

/// Which event may be worked on next, without I/O.
@Suite struct DeliveryProgressTests {
  private func events(_ keys: [String?]) -> [ReceivedEvent] {
    keys.enumerated().map { index, key in
      ReceivedEvent(
        id: Int64(index + 1), type: nil, payload: nil, key: key, headers: nil, attempt: 1, sentAt: "", extra1: nil,
        extra2: nil)
    }
  }

  @Test func eventsOfOneKeyWaitForEachOther() {
    var progress = DeliveryProgress(events(["a", "a", "b", nil]), isOrdered: true)
    #expect(progress.start(isStopping: false) == 0)
    #expect(progress.start(isStopping: false) == 2)
    #expect(progress.start(isStopping: false) == 3)
    #expect(progress.start(isStopping: false) == nil)
    progress.finish(0, .done)
    #expect(progress.start(isStopping: false) == 1)
  }

  @Test func whatComesBehindAFailedEventIsLeftAlone() {
    var progress = DeliveryProgress(events(["a", "a", "b", "a"]), isOrdered: true)
    _ = progress.start(isStopping: false)
    progress.finish(0, .retry(reason: "x"))
    #expect(progress.start(isStopping: false) == 2)
    progress.finish(2, .done)
    #expect(progress.start(isStopping: false) == nil)
    let result = progress.result(nil)
    #expect(result.outcomes.map(\.event) == [1, 3] && result.end == nil && !result.isUntouched)
  }

  @Test func aDeadEventHoldsNothingUp() {
    var progress = DeliveryProgress(events(["a", "a"]), isOrdered: true)
    _ = progress.start(isStopping: false)
    progress.finish(0, .dead(reason: "x"))
    #expect(progress.start(isStopping: false) == 1)
  }

  @Test func stoppingLeavesNoHoles() {
    var progress = DeliveryProgress(events(["a", "a", "b", "c", "d"]), isOrdered: true)
    #expect(progress.start(isStopping: false) == 0)
    #expect(progress.start(isStopping: false) == 2)
    #expect(progress.start(isStopping: true) == nil)
    progress.finish(2, .done)
    progress.finish(0, .done)
    #expect(progress.start(isStopping: true) == 1, "stands before one that was worked on")
    progress.finish(1, .done)
    #expect(progress.start(isStopping: true) == nil)
    let result = progress.result(nil)
    #expect(result.outcomes.map(\.event) == [1, 2, 3] && result.end == 3)
  }

  @Test func abandonedEventsAreGivenBackWithAllBehindThem() {
    var progress = DeliveryProgress(events([nil, nil, nil]), isOrdered: false)
    for _ in 0..<3 { _ = progress.start(isStopping: false) }
    progress.finish(0, .done)
    progress.finish(2, .done)
    progress.abandon(1)
    let result = progress.result(nil)
    #expect(result.outcomes.map(\.event) == [1] && result.end == 1)

    var none = DeliveryProgress(events([nil]), isOrdered: false)
    _ = none.start(isStopping: false)
    none.abandon(0)
    #expect(none.result(nil).isUntouched)
  }

  @Test(arguments: 0..<200) func anyScheduleKeepsTheOrderOfKeys(seed: UInt64) {
    var random = Generator(state: seed)
    let keys = (0..<30).map { _ in ["a", "b", "c", nil].randomElement(using: &random) ?? nil }
    var progress = DeliveryProgress(events(keys), isOrdered: true)
    var running: [Int] = []
    var log: [String: [Int]] = [:]
    var failed: Set<String> = []
    let stopAfter = Int.random(in: 0..<60, using: &random)
    for step in 0..<500 {
      if Bool.random(using: &random), let index = progress.start(isStopping: step >= stopAfter) {
        if let key = keys[index] {
          #expect(!running.contains { keys[$0] == key } && !failed.contains(key))
          #expect(log[key, default: []].allSatisfy { $0 < index })
          log[key, default: []].append(index)
        }
        running.append(index)
      } else if let index = running.randomElement(using: &random) {
        running.removeAll { $0 == index }
        let fails = Int.random(in: 0..<5, using: &random) == 0
        if fails, let key = keys[index] { failed.insert(key) }
        progress.finish(index, fails ? .retry(reason: "x") : .done)
      }
    }
    #expect(running.isEmpty)
    let result = progress.result(nil)
    // All of the events up to the end, except those behind a failed one.
    let end = result.isUntouched ? 0 : Int(result.end ?? 30)
    let worked = Set(result.outcomes.map(\.event))
    for index in 0..<end where !worked.contains(Int64(index + 1)) {
      #expect(keys[index].map(failed.contains) == true, "event \(index + 1) was left out")
    }
    #expect(worked.allSatisfy { $0 <= Int64(end) })
  }

  private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = state
      value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
      return value ^ (value >> 31)
    }
  }

  @Test func verdictsAreReadOrRefused() throws {
    let verdicts = try Verdicts(
      "{\"event_id\": 1, \"nack\": \"later\", \"delay\": \"5 min\"}\n\n{\"event_id\":2,\"dead\":\"no\"}\n",
      events: [1, 2, 3])
    #expect(verdicts.outcomes == [1: .retry(reason: "later", delay: "5 min"), 2: .dead(reason: "no")])
    for text in [
      "x", "{\"event_id\": 9, \"nack\": \"x\"}", "{\"event_id\": 1}", "[]", "{\"event_id\": \"1\", \"nack\": 1}",
    ] {
      #expect(throws: Verdicts.Malformed.self) { try Verdicts(text, events: [1, 2, 3]) }
    }
  }

  @Test func theLastLineOfManyIsKept() {
    var tail = TextTail()
    #expect(tail.lastLine == "")
    for number in 0..<10_000 { tail.append(Array("line \(number)\n".utf8)) }
    #expect(tail.lastLine == "line 9999")
    tail.append(Array("half\u{0}a line\n \n\n".utf8))
    #expect(tail.lastLine == "halfa line")
    tail.append(Array(String(repeating: "é", count: 50_000).utf8))
    #expect(tail.lastLine.count == 1000)
  }
}
