import EventFormats
@testable import QueueTicker
import Testing

@Suite struct QueueTickStateTests {
  private let fast = TickPolicy(latency: .milliseconds(2))
  private let slow = TickPolicy(latency: nil)

  private func snapshot(_ text: String = "100:100:") throws -> TransactionSnapshot {
    try TransactionSnapshot(parsing: text)
  }

  private func queue(
    newEvents: Int64 = 0, age: Duration = .seconds(1), gap: Duration? = .seconds(2), covered: Int64 = 1000,
    consumerLag: Duration? = nil
  ) -> QueueObservation {
    QueueObservation(
      queue: "q", lastTick: .init(id: 5, age: age, eventSequence: covered, gap: gap),
      eventSequence: covered + newEvents,
      consumerLag: consumerLag, maximumCount: 500, maximumLag: .seconds(3), idlePeriod: .seconds(60))
  }

  /// A state that knows the last tick of `queue()`.
  private func settled(_ text: String = "100:100:", transaction: UInt64 = 100) throws -> QueueTickState {
    var state = QueueTickState()
    state.ticked(MadeTick(id: 5, eventSequence: 1000, snapshot: try snapshot(text), transaction: transaction))
    return state
  }

  private func decide(
    _ state: inout QueueTickState, _ queue: QueueObservation, _ policy: TickPolicy, seeing text: String = "100:100:",
    now: Duration = .zero
  ) throws -> TickDecision {
    state.decide(queue, snapshot: try snapshot(text), policy: policy, now: now)
  }

  // MARK: The documented rule

  @Test(
    arguments: [
      (1, Duration.milliseconds(2999), TickDecision.wait(.milliseconds(1))),
      (1, .seconds(3), .tick(.events)),
      (499, .zero, .wait(.seconds(3))),
      (500, .zero, .tick(.events)),
    ] as [(Int64, Duration, TickDecision)])
  func countAndLag(newEvents: Int64, age: Duration, expected: TickDecision) throws {
    var state = try settled()
    #expect(try decide(&state, queue(newEvents: newEvents, age: age), slow) == expected)
  }

  @Test(arguments: [
    // half the lag at least, then twice the gap before, up to the idle period
    (Duration.milliseconds(1), Duration.milliseconds(1499), TickDecision.wait(.milliseconds(1))),
    (.milliseconds(1), .milliseconds(1500), .tick(.idle)),
    (.seconds(10), .seconds(19), .wait(.seconds(1))),
    (.seconds(10), .seconds(20), .tick(.idle)),
    (.seconds(50), .seconds(59), .wait(.seconds(1))),
    (.seconds(50), .seconds(60), .tick(.idle)),
  ])
  func idlePausesDouble(gap: Duration, age: Duration, expected: TickDecision) throws {
    var state = try settled()
    #expect(try decide(&state, queue(age: age, gap: gap), fast) == expected)
  }

  @Test func aSingleTickIsFollowedByASecond() throws {
    var state = try settled()
    #expect(try decide(&state, queue(age: .zero, gap: nil), slow) == .tick(.idle))
  }

  @Test func aQueueWithoutTicksGetsOne() throws {
    var state = try settled()
    var bare = queue()
    bare.lastTick = nil
    #expect(try decide(&state, bare, slow) == .tick(.unsettledBefore))
  }

  // MARK: Latency

  @Test func newEventsGetATickAfterTheLatency() throws {
    var state = try settled()
    #expect(try decide(&state, queue(newEvents: 1, age: .milliseconds(1)), fast) == .wait(.milliseconds(1)))
    #expect(try decide(&state, queue(newEvents: 1, age: .milliseconds(2)), fast) == .tick(.events))
  }

  @Test(arguments: [
    (Duration.milliseconds(3), Duration.milliseconds(2)), (.milliseconds(12), .milliseconds(6)),
    (.milliseconds(100), .milliseconds(20)), (.milliseconds(800), .milliseconds(100)),
    (.seconds(50), .seconds(3)),
  ])
  func ticksAreFurtherApartForASlowConsumer(lag: Duration, interval: Duration) {
    #expect(fast.interval(queue(consumerLag: lag)) == interval)
  }

  @Test func aQueueThatNobodyReadsWaitsForTheLag() throws {
    var state = try settled()
    var unread = queue(newEvents: 1)
    unread.hasConsumers = false
    #expect(try decide(&state, unread, fast) == .wait(.seconds(2)))
  }

  // MARK: Transactions that ticks left out

  @Test func theFirstDecisionIsATick() throws {
    var state = QueueTickState()
    #expect(try decide(&state, queue(age: .zero), fast) == .tick(.unsettledBefore))
  }

  @Test func theEndOfARunningTransactionIsFollowedByATick() throws {
    var state = try settled("90:100:90,95", transaction: 100)
    #expect(try decide(&state, queue(), fast, seeing: "90:100:90,95") == .wait(.seconds(3)))
    #expect(try decide(&state, queue(), fast, seeing: "90:101:90") == .tick(.settled))
    // the tick is owed until it is made
    #expect(try decide(&state, queue(), fast, seeing: "90:101:90") == .tick(.settled))
    state.ticked(MadeTick(id: 6, eventSequence: 1000, snapshot: try snapshot("90:101:90"), transaction: 102))
    #expect(try decide(&state, queue(), fast, seeing: "90:103:90") == .wait(.seconds(3)))
    #expect(try decide(&state, queue(), fast, seeing: "103:103:") == .tick(.settled))
    state.ticked(MadeTick(id: 7, eventSequence: 1000, snapshot: try snapshot("103:103:"), transaction: 103))
    #expect(state.watched.isEmpty)
  }

  /// On a busy server something runs always; only transactions that may hold numbered events make ticks.
  @Test func transactionsThatBeganLaterMakeNoTicks() throws {
    var state = try settled("90:100:90", transaction: 100)
    state.ticked(MadeTick(id: 6, eventSequence: 1000, snapshot: try snapshot("110:120:110,115"), transaction: 121))
    #expect(state.watched.isEmpty)
    #expect(try decide(&state, queue(), fast, seeing: "130:140:130") == .wait(.seconds(3)))
  }

  @Test func withoutLatencyALeftOutTransactionWaitsForTheLag() throws {
    var state = try settled("90:100:90", transaction: 100)
    #expect(
      try decide(&state, queue(age: .seconds(1), gap: .seconds(30)), slow, seeing: "110:110:") == .wait(.seconds(2)))
    #expect(try decide(&state, queue(age: .seconds(3), gap: .seconds(30)), slow, seeing: "110:110:") == .tick(.settled))
  }

  @Test func aTickOfSomebodyElseIsFollowedByOurs() throws {
    var state = try settled()
    #expect(try decide(&state, queue(covered: 1001), fast) == .tick(.unsettledBefore))
  }

  // MARK: Failures

  @Test func failuresPauseTheQueue() throws {
    var state = try settled()
    let busy = queue(newEvents: 1)
    #expect(state.failed(now: .seconds(100)) == .seconds(1))
    #expect(state.isFailing)
    #expect(try decide(&state, busy, fast, now: .seconds(100.5)) == .wait(.seconds(0.5)))
    #expect(try decide(&state, busy, fast, now: .seconds(101)) == .tick(.events))
    #expect(state.failed(now: .seconds(101)) == .seconds(2))
    for _ in 0..<20 { _ = state.failed(now: .seconds(200)) }
    #expect(state.failed(now: .seconds(200)) == .seconds(60))
    state.ticked(MadeTick(id: 6, eventSequence: 1001, snapshot: try snapshot(), transaction: 100))
    #expect(!state.isFailing)
  }

  @Test func aMissingSequenceIsTried() throws {
    var state = try settled()
    var broken = queue()
    broken.eventSequence = nil
    #expect(try decide(&state, broken, fast) == .tick(.brokenSequence))
  }
}
