import StatusModel
import Testing

/// What keeps a switch of tables waiting, as `pgq.maint_rotate_tables_step1` decides it.
@Suite struct RotationStateTests {
  private func state(
    age: Double = 8000, switched: Int64? = 500, positions: [(String, Int64, Int64?)] = [], newest: Int64? = 900,
    oldest: Int64 = 900
  ) -> RotationState {
    var queue = QueueSnapshot(id: 1, name: "q")
    queue.switchAge = age
    queue.switchTransaction = switched
    return RotationState.of(
      queue, positions: positions.map { (name: $0.0, tick: $0.1, transaction: $0.2) }, newestTick: newest,
      oldestTransaction: oldest)
  }

  @Test func beforeItsTime() { #expect(state(age: 7000) == .running(dueIn: 200)) }

  @Test func nothingInTheWay() {
    #expect(state() == .due(since: 800))
    #expect(state(positions: [("c", 5, 501)]) == .due(since: 800))
  }

  @Test func halfDone() { #expect(state(age: 3, switched: nil) == .halfDone(since: 3)) }

  @Test func theSlowestConsumerIsNamed() {
    #expect(
      state(positions: [("fast", 90, 880), ("slow", 5, 500), ("mid", 6, 501)])
        == .waitsForConsumer(name: "slow", since: 800))
  }

  @Test func transactionsOlderThanTheSwitch() {
    #expect(state(oldest: 500) == .waitsForTransaction(since: 800))
    // the consumer stands at the newest tick and cannot go on
    #expect(state(positions: [("c", 5, 490)], newest: 490, oldest: 490) == .waitsForTransaction(since: 800))
  }

  @Test func theTransactionEndedAndTheNextTickIsMissing() {
    #expect(state(positions: [("c", 5, 490)], newest: 490, oldest: 900) == .waitsForTick(since: 800))
  }
}
