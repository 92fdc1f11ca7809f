import EventFormats
import QueueTicker
import Testing

@Suite struct TickerRhythmTests {
  private let idle = TickerRhythm.Findings(isActive: false, nextDue: .seconds(20))
  private let active = TickerRhythm.Findings(isActive: true, nextDue: .seconds(20))

  private func asleep(at now: Duration = .zero) -> TickerRhythm {
    var rhythm = TickerRhythm(policy: TickPolicy())
    _ = rhythm.looked(idle, snapshot: nil, now: now)
    rhythm.fellAsleep(watching: WatchedTransactions())
    return rhythm
  }

  @Test func looksAtTheLatencyWhileEventsFlow() {
    var rhythm = TickerRhythm(policy: TickPolicy(latency: .milliseconds(5)))
    for step in 0..<100 {
      #expect(rhythm.looked(active, snapshot: nil, now: .milliseconds(step * 6)) == .pause(.milliseconds(5)))
    }
  }

  @Test func manyQueuesSlowItDown() {
    var rhythm = TickerRhythm(policy: TickPolicy())
    let costly = TickerRhythm.Findings(isActive: true, nextDue: .zero, cost: .milliseconds(10))
    #expect(rhythm.looked(costly, snapshot: nil, now: .zero) == .pause(.milliseconds(20)))
  }

  @Test func fallsAsleepAfterTheQuietTime() {
    var rhythm = TickerRhythm(policy: TickPolicy())
    #expect(rhythm.looked(active, snapshot: nil, now: .zero) == .pause(.milliseconds(2)))
    #expect(rhythm.looked(idle, snapshot: nil, now: .milliseconds(99)) == .pause(.milliseconds(2)))
    #expect(rhythm.looked(idle, snapshot: nil, now: .milliseconds(100)) == .fallAsleep)
    #expect(rhythm.isAwake)
    rhythm.fellAsleep(watching: WatchedTransactions())
    #expect(!rhythm.isAwake)
  }

  @Test func aSleeplessOneOnlyLooksLessOften() {
    var rhythm = TickerRhythm(policy: TickPolicy())
    rhythm.sleeplessInterval = .milliseconds(20)
    #expect(rhythm.looked(active, snapshot: nil, now: .zero) == .pause(.milliseconds(2)))
    #expect(rhythm.looked(idle, snapshot: nil, now: .seconds(1)) == .pause(.milliseconds(20)))
    #expect(rhythm.looked(active, snapshot: nil, now: .seconds(2)) == .pause(.milliseconds(2)))
  }

  @Test func singleEventsAreServedAsleep() {
    var rhythm = asleep()
    #expect(rhythm.looked(active, snapshot: nil, now: .seconds(10)) == .listen(.seconds(1)))
    #expect(rhythm.looked(active, snapshot: nil, now: .seconds(11)) == .listen(.seconds(1)))
  }

  @Test func eventsInQuickSuccessionWakeIt() {
    var rhythm = asleep()
    #expect(rhythm.looked(active, snapshot: nil, now: .seconds(10)) == .listen(.seconds(1)))
    #expect(rhythm.looked(active, snapshot: nil, now: .seconds(10.02)) == .wakeUp)
    rhythm.wokeUp()
    #expect(rhythm.looked(idle, snapshot: nil, now: .seconds(10.03)) == .pause(.milliseconds(2)))
  }

  @Test func waitsForTheNextTickThatIsDue() {
    var rhythm = asleep()
    #expect(
      rhythm.looked(.init(isActive: false, nextDue: .milliseconds(300)), snapshot: nil, now: .seconds(5))
        == .listen(.milliseconds(300)))
    #expect(
      rhythm.looked(.init(isActive: false, nextDue: .zero), snapshot: nil, now: .seconds(6))
        == .listen(.milliseconds(1)))
    #expect(rhythm.looked(.init(isActive: false), snapshot: nil, now: .seconds(7)) == .listen(.seconds(1)))
  }

  /// A transaction that saw the ticker awake does not notify.
  @Test func transactionsFromBeforeTheSleepAreWatched() throws {
    var rhythm = asleep()
    let before = try TransactionSnapshot(parsing: "10:20:10")
    rhythm.fellAsleep(watching: WatchedTransactions(runningIn: before, before: 21))
    _ = rhythm.looked(idle, snapshot: try TransactionSnapshot(parsing: "10:30:10"), now: .seconds(1))
    #expect(!rhythm.watched.isEmpty)
    _ = rhythm.looked(idle, snapshot: try TransactionSnapshot(parsing: "30:30:"), now: .seconds(2))
    #expect(rhythm.watched.isEmpty)
  }

  @Test func watchIntervalsGrow() {
    var intervals = WatchIntervals()
    #expect(intervals.take() == .milliseconds(2))
    #expect(intervals.take() == .milliseconds(3))
    for _ in 0..<20 { _ = intervals.take() }
    #expect(intervals.take() == .milliseconds(100))
  }
}
