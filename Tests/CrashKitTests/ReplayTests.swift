import CrashKit
import Testing

/// The same seed decides the same.
@Suite struct ReplayTests {
  @Test func faultsFollowFromTheSeed() {
    func schedule(_ seed: UInt64, restarts: Bool = true) -> [FaultSchedule.Entry] {
      FaultSchedule(seed: seed, duration: 60_000, roles: 9, mayRestartServer: restarts, mayJumpClock: true).entries
    }
    #expect(schedule(1) == schedule(1))
    #expect(schedule(1) != schedule(2))
    #expect(schedule(1).count > 50)
    #expect(schedule(1, restarts: false) == schedule(1).filter { $0.fault != .restartServer })
    let kinds = Set((1...20).flatMap { schedule($0) }.map(\.fault.kind))
    #expect(kinds.count == 8, "\(kinds)")
  }

  @Test func transactionsFollowFromTheSeed() {
    func plans(_ seed: UInt64) -> [TransactionPlan] {
      (0..<500).map { TransactionPlan(seed: seed, producer: 2, number: $0) }
    }
    #expect(plans(1) == plans(1))
    #expect(plans(1) != plans(2))
    #expect(plans(1).contains { $0.rollsBack })
    #expect(plans(1).contains { $0.isolation == .serializable && $0.pauseBefore > 1000 })
    #expect(plans(1).contains { $0.keys.count > 100 })
  }

  @Test func recordsSurviveTheirFile() throws {
    let records: [HistoryRecord] = [
      .began(number: 1, xid: 77), .committed(number: 1), .rolledBack(number: 2),
      .foundOut(number: 3, isCommitted: true), .foundOut(number: 4, isCommitted: false),
      .delivered(
        .init(
          batch: "1-2", asked: 4, time: 5,
          events: [
            .init(name: EventName(producer: 1, transaction: 2, place: 3), key: "1.0", retries: 2),
            .init(name: nil, key: "1.0"),
          ])),
      .delivered(.init(batch: "2-3", asked: 4, time: 5, events: [])),
      .askedForRetry(batch: "1-2", event: EventName(producer: 1, transaction: 2, place: 3)),
      .finished(batch: "1-2", asked: 6, time: 7),
    ]
    let text = records.map { $0.line + "\n" }.joined()
    #expect(try HistoryRecord.records(of: text) == records)
    // What a killed process has half written does not count.
    #expect(try HistoryRecord.records(of: text + "D 3-4 5") == records)
    #expect(throws: MalformedHistory.self) { try HistoryRecord.records(of: text + "X\n") }
  }
}
