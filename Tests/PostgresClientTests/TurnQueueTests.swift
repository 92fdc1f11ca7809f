import Testing

@testable import PostgresClient

@Suite struct TurnQueueTests {
  @Test func turnsAreTakenInTheOrderOfTheirRequests() {
    var turns = TurnQueue()
    #expect(turns.request(1) == .go)
    #expect(turns.request(2) == .wait)
    #expect(turns.request(3) == .wait)
    #expect(turns.pass() == 2)
    #expect(turns.isTaken)
    #expect(turns.pass() == 3)
    #expect(turns.pass() == nil)
    #expect(!turns.isTaken)
    #expect(turns.request(4) == .go)
  }

  @Test func whoGaveUpIsPassedOver() {
    var turns = TurnQueue()
    _ = turns.request(1)
    _ = turns.request(2)
    _ = turns.request(3)
    #expect(turns.abandon(2) == true)
    #expect(turns.abandon(2) == false)
    #expect(turns.pass() == 3)
    #expect(turns.abandon(3) == false, "who has the turn no longer waits")
  }
}
