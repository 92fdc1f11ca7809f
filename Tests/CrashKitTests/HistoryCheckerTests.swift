import CrashKit
import Testing

/// Good histories pass; of each kind of violation there is a history that shows it.
@Suite struct HistoryCheckerTests {
  /// A transaction of producer 1 with a few events, that commits.
  private struct Sample {
    static let seed: UInt64 = 7
    let numbers: [Int]
    let plans: [Int: TransactionPlan]

    init(_ count: Int = 3) {
      var plans: [Int: TransactionPlan] = [:]
      var number = 0
      while plans.count < count {
        number += 1
        let plan = TransactionPlan(seed: Self.seed, producer: 1, number: number)
        if !plan.rollsBack, (2...10).contains(plan.keys.count) { plans[number] = plan }
      }
      self.plans = plans
      numbers = plans.keys.sorted()
    }

    func events(_ index: Int, retries: Int = 0) -> [HistoryRecord.Event] {
      let number = numbers[index]
      return (plans[number]?.keys ?? []).enumerated().map {
        .init(
          name: EventName(producer: 1, transaction: number, place: $0.offset), key: $0.element, retries: retries)
      }
    }

    /// Everything went well.
    func history(_ kind: History.Consumer.Kind = .batches, _ records: [[HistoryRecord]]? = nil) -> History {
      var history = History(seed: Self.seed)
      history.producers[1] = numbers.flatMap { [.began(number: $0, xid: Int64($0)), .committed(number: $0)] }
      history.marks = Set(numbers.map { .init(producer: 1, number: $0) })
      history.consumers = [.init(name: "reader", kind: kind, processes: records ?? [good])]
      return history
    }

    var good: [HistoryRecord] {
      numbers.indices.flatMap { index -> [HistoryRecord] in
        let time = Int64(index * 100)
        return [
          .delivered(.init(batch: "\(index)-\(index + 1)", asked: time, time: time + 1, events: events(index))),
          .finished(batch: "\(index)-\(index + 1)", asked: time + 2, time: time + 3),
        ]
      }
    }

    func delivered(_ batch: String, at time: Int64, _ events: [HistoryRecord.Event]) -> HistoryRecord {
      .delivered(.init(batch: batch, asked: time, time: time + 1, events: events))
    }
  }

  private let sample = Sample()

  private func kinds(_ history: History) -> Set<Violation.Kind> {
    Set(HistoryChecker.violations(of: history).map(\.kind))
  }

  private func kinds(
    _ kind: History.Consumer.Kind = .batches, _ change: (inout [HistoryRecord]) -> Void
  ) -> Set<Violation.Kind> {
    var records = sample.good
    change(&records)
    return kinds(sample.history(kind, [records]))
  }

  @Test(arguments: [History.Consumer.Kind.batches, .lanes, .exactlyOnce])
  func aGoodHistoryPasses(_ kind: History.Consumer.Kind) {
    #expect(HistoryChecker.violations(of: sample.history(kind)) == [])
  }

  @Test func aBatchThatComesAgainUnfinishedIsGood() {
    let crashed = sample.delivered("0-1", at: -50, sample.events(0))
    #expect(kinds(sample.history(.batches, [[crashed], sample.good])) == [])
  }

  @Test func aZombieThatReadsOnIsGood() {
    // It asked before the batch was finished by its successor, and was slow.
    let zombie = HistoryRecord.delivered(.init(batch: "0-1", asked: -50, time: 5000, events: sample.events(0)))
    #expect(kinds(sample.history(.batches, [sample.good, [zombie]])) == [])
  }

  @Test func lostCommits() {
    var history = sample.history()
    history.marks.remove(.init(producer: 1, number: sample.numbers[2]))
    history.consumers[0].processes[0].removeLast(2)
    #expect(kinds(history) == [.lostCommit])
  }

  @Test(arguments: [true, false]) func ghostCommits(isFoundOut: Bool) {
    var history = sample.history()
    let number = sample.numbers[0]
    history.producers[1]?[1] = isFoundOut ? .foundOut(number: number, isCommitted: false) : .rolledBack(number: number)
    #expect(kinds(history) == [.ghostCommit])
  }

  @Test func plannedRollbacksThatAreThere() throws {
    var history = sample.history()
    let number = try #require(
      (1...100).first { TransactionPlan(seed: Sample.seed, producer: 1, number: $0).rollsBack })
    history.producers[1]?.append(.began(number: number, xid: 1))
    history.marks.insert(.init(producer: 1, number: number))
    #expect(kinds(history).contains(.ghostCommit))
  }

  @Test func unknownTransactions() {
    var history = sample.history()
    history.producers[1]?.removeFirst(2)
    #expect(kinds(history) == [.unknownTransaction])
  }

  @Test(arguments: [History.Consumer.Kind.batches, .lanes, .exactlyOnce])
  func missingEvents(_ kind: History.Consumer.Kind) {
    #expect(kinds(kind) { $0.removeFirst(2) } == [.missing])
  }

  @Test func abortedEvents() {
    var history = sample.history()
    history.producers[1]?.append(.began(number: 99, xid: 1))
    history.producers[1]?.append(.rolledBack(number: 99))
    let event = HistoryRecord.Event(name: EventName(producer: 1, transaction: 99, place: 0), key: "1.0")
    history.consumers[0].processes[0].append(sample.delivered("8-9", at: 900, [event]))
    #expect(kinds(history) == [.aborted])
  }

  @Test func strangeEvents() {
    #expect(kinds { $0.append(sample.delivered("8-9", at: 900, [.init(name: nil, key: "1.0")])) } == [.unknownEvent])
    var other = sample.events(0)
    other[0].key = "another"
    #expect(kinds { $0[0] = sample.delivered("0-1", at: 0, other) }.contains(.unknownEvent))
  }

  @Test func eventsInTwoBatches() {
    #expect(kinds { $0.append(sample.delivered("8-9", at: 900, sample.events(2))) }.contains(.twoBatches))
  }

  @Test func eventsTwiceInABatch() {
    let last = sample.events(2)
    #expect(kinds { $0[4] = sample.delivered("2-3", at: 200, last + [last[last.count - 1]]) } == [.twice])
  }

  @Test func overlappingBatches() {
    #expect(kinds { $0.append(sample.delivered("2-5", at: 900, [])) } == [.overlap])
  }

  @Test func batchesThatChange() {
    let crashed = sample.delivered("0-1", at: -50, Array(sample.events(0).dropLast()))
    #expect(kinds(sample.history(.batches, [[crashed], sample.good])).contains(.changedBatch))
  }

  @Test func finishedBatchesThatComeAgain() {
    #expect(kinds { $0.append(sample.delivered("0-1", at: 900, sample.events(0))) } == [.afterFinish])
    #expect(
      kinds(.lanes) { records in
        records.append(sample.delivered("again", at: 900, sample.events(2)))
        records.append(.finished(batch: "again", asked: 902, time: 903))
      }.contains(.afterFinish))
  }

  @Test(arguments: [History.Consumer.Kind.batches, .lanes, .exactlyOnce])
  func keysOutOfOrder(_ kind: History.Consumer.Kind) {
    // The transactions of one key change places.
    let key = "1.0"
    let first = HistoryRecord.Event(name: EventName(producer: 1, transaction: 1, place: 0), key: key)
    let second = HistoryRecord.Event(name: EventName(producer: 1, transaction: 2, place: 0), key: key)
    var history = sample.history()
    history.consumers = [
      .init(
        name: "reader", kind: kind,
        processes: [
          [
            sample.delivered("0-1", at: 0, [second]), .finished(batch: "0-1", asked: 2, time: 3),
            sample.delivered("1-2", at: 10, [first]), .finished(batch: "1-2", asked: 12, time: 13),
          ]
        ])
    ]
    #expect(kinds(history).contains(.order))
  }

  @Test func keysInTwoHands() {
    let records: [[HistoryRecord]] = [
      [sample.delivered("1", at: 0, sample.events(0)), .finished(batch: "1", asked: 100, time: 101)],
      [sample.delivered("2", at: 50, sample.events(0))],
      Array(sample.good.dropFirst(2)),
    ]
    #expect(kinds(sample.history(.lanes, records)) == [.sameTime])
  }

  @Test func retriesThatDoNotComeAndStrangeOnes() throws {
    let event = sample.events(0)[0]
    let name = try #require(event.name)
    let asked = HistoryRecord.askedForRetry(batch: "0-1", event: name)
    #expect(kinds { $0.insert(asked, at: 1) } == [.retryMissing])
    let again = sample.delivered("8-9", at: 900, [.init(name: event.name, key: event.key, retries: 1)])
    #expect(kinds { $0.append(again) } == [.strangeRetry])
    #expect(
      kinds {
        $0.insert(asked, at: 1); $0.append(again)
      } == [])
  }

  @Test func failedEventsOfLanesComeAgain() throws {
    let name = try #require(sample.events(2)[0].name)
    let failed = HistoryRecord.askedForRetry(batch: "2-3", event: name)
    #expect(kinds(.lanes) { $0.insert(failed, at: 5) } == [.retryMissing])
    // The process that received it again died before it knew of its acknowledgement.
    let again = sample.delivered("again", at: 900, [sample.events(2, retries: 1)[0]])
    #expect(
      kinds(.lanes) {
        $0.insert(failed, at: 5); $0.append(again)
      } == [])
  }

  @Test func effectsThatAreThereTwice() {
    #expect(kinds(.exactlyOnce) { $0.append(sample.delivered("2-3", at: 900, sample.events(2))) }.contains(.workTwice))
  }
}
