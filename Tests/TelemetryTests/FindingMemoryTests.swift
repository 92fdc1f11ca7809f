import StatusModel
import Testing

@testable import Telemetry

/// The log tells a finding once, when it gets worse, and after an hour again.
@Suite struct FindingMemoryTests {
  private let start = ContinuousClock.now

  private func finding(_ severity: Finding.Severity = .warning, _ check: String = "stalled consumer") -> Finding {
    Finding(check, severity, "consumer c of queue q", "c is behind", cause: "x", remedy: "y")
  }

  @Test func onceAndAgainAfterAnHour() {
    var memory = FindingMemory()
    #expect(memory.news([finding()], of: "d", now: start).count == 1)
    #expect(memory.news([finding()], of: "d", now: start + .seconds(60)).isEmpty)
    #expect(memory.news([finding()], of: "e", now: start + .seconds(60)).count == 1)
    #expect(memory.news([finding()], of: "d", now: start + .seconds(3601)).count == 1)
  }

  @Test func whenItGetsWorse() {
    var memory = FindingMemory()
    #expect(memory.news([finding()], of: "d", now: start).count == 1)
    #expect(memory.news([finding(.error)], of: "d", now: start).count == 1)
    #expect(memory.news([finding()], of: "d", now: start).isEmpty)
  }

  @Test func whenItComesBack() {
    var memory = FindingMemory()
    #expect(memory.news([finding()], of: "d", now: start).count == 1)
    #expect(memory.news([], of: "d", now: start).isEmpty)
    #expect(memory.news([finding()], of: "d", now: start).count == 1)
  }

  @Test func onlyWhatHarmsTheDatabase() {
    var memory = FindingMemory()
    #expect(memory.news([finding(.notice), finding(.error, "schema")], of: "d", now: start).isEmpty)
  }
}
