import QueueTicker
import Testing

@Suite struct DueScheduleTests {
  private var schedule = DueSchedule(longestWait: .seconds(1))

  @Test mutating func waitsUntilTheNextIsDue() {
    #expect(schedule.looked(.init(), now: .zero) == .wait(.seconds(1)))
    #expect(schedule.looked(.init(delayed: .seconds(60)), now: .zero) == .wait(.seconds(1)))
    #expect(schedule.looked(.init(delayed: .milliseconds(70)), now: .zero) == .wait(.milliseconds(70)))
    #expect(
      schedule.looked(.init(delayed: .milliseconds(70), retries: .milliseconds(30)), now: .zero)
        == .wait(.milliseconds(30)))
    #expect(schedule.looked(.init(delayed: .microseconds(10)), now: .zero) == .wait(.milliseconds(1)))
  }

  @Test mutating func movesWhatIsDueAtOnce() {
    #expect(schedule.looked(.init(delayed: .zero), now: .zero) == .move(.delayed))
    schedule.moved(1000, .delayed, now: .zero)
    #expect(schedule.looked(.init(delayed: .seconds(-5)), now: .zero) == .move(.delayed))
    #expect(schedule.looked(.init(retries: .seconds(-5)), now: .zero) == .move(.retries))
  }

  @Test mutating func bothKindsGetTheirTurn() {
    let both = DueSchedule.Findings(delayed: .zero, retries: .zero)
    var moved: [DueEvents] = []
    for _ in 0..<4 {
      guard case .move(let events) = schedule.looked(both, now: .zero) else { break }
      schedule.moved(10, events, now: .zero)
      moved.append(events)
    }
    #expect(moved == [.delayed, .retries, .delayed, .retries])
  }

  /// What another ticker has locked is due all the time; looking at it again and again would cost a whole core.
  @Test mutating func leavesToOthersWhatTheyAreMoving() {
    let due = DueSchedule.Findings(delayed: .zero)
    var now = Duration.zero
    var looks = 0
    while now < .seconds(10) {
      looks += 1
      switch schedule.looked(due, now: now) {
      case .move(let events): schedule.moved(0, events, now: now)
      case .wait(let time): now += time
      }
    }
    #expect(looks < 50)
    schedule.moved(1, .delayed, now: now)
    #expect(schedule.looked(due, now: now) == .move(.delayed))
  }

  @Test mutating func pausesGrowWhileItFails() {
    #expect(schedule.failed(.retries, now: .zero) == .milliseconds(100))
    #expect(schedule.looked(.init(retries: .zero), now: .zero) == .wait(.milliseconds(100)))
    #expect(schedule.looked(.init(delayed: .zero, retries: .zero), now: .zero) == .move(.delayed))
    #expect(schedule.looked(.init(retries: .zero), now: .milliseconds(100)) == .move(.retries))
    #expect(schedule.failed(.retries, now: .zero) == .milliseconds(200))
    for _ in 0..<20 { _ = schedule.failed(.retries, now: .zero) }
    #expect(schedule.failed(.retries, now: .zero) == .seconds(10))
    schedule.moved(1, .retries, now: .zero)
    #expect(schedule.failed(.retries, now: .zero) == .milliseconds(100))
  }
}
