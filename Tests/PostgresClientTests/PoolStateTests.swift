import Testing

@testable import PostgresClient

/// The pool's bookkeeping; connections are plain numbers here.
@Suite struct PoolStateTests {
  @Test func opensUpToTheLimitAndThenMakesWait() {
    var state = PoolState<Int>(limit: 2)
    #expect(state.request(1) == .open)
    #expect(state.request(2) == .open)
    #expect(state.request(3) == .wait)
    #expect(state.request(4) == .wait)
    #expect(state.busy == 2)
    #expect(state.waiting == [3, 4])
  }

  @Test func returnedConnectionsGoToWhoWaitedLongest() {
    var state = PoolState<Int>(limit: 1)
    _ = state.request(1)
    _ = state.request(2)
    _ = state.request(3)
    #expect(state.giveBack(10) == .handOver(10, to: 2))
    #expect(state.giveBack(10) == .handOver(10, to: 3))
    #expect(state.giveBack(10) == .keep)
    #expect(state.busy == 0)
    #expect(state.idle == [10])
  }

  @Test func idleConnectionsAreLentLastReturnedFirst() {
    var state = PoolState<Int>(limit: 3)
    _ = state.request(1)
    _ = state.request(2)
    _ = state.giveBack(10)
    _ = state.giveBack(20)
    #expect(state.request(3) == .lend(20))
    #expect(state.request(4) == .lend(10))
    #expect(state.request(5) == .open)
  }

  @Test func aLostConnectionGivesItsPlaceToWhoWaits() {
    var state = PoolState<Int>(limit: 1)
    _ = state.request(1)
    _ = state.request(2)
    #expect(state.lose() == .openFor(2))
    #expect(state.busy == 1)
    #expect(state.lose() == .nothing)
    #expect(state.busy == 0)
    #expect(state.request(3) == .open)
  }

  @Test func whoGaveUpIsNotServed() {
    var state = PoolState<Int>(limit: 1)
    _ = state.request(1)
    _ = state.request(2)
    _ = state.request(3)
    #expect(state.abandon(2) == true)
    #expect(state.abandon(2) == false)
    #expect(state.abandon(1) == false)
    #expect(state.giveBack(10) == .handOver(10, to: 3))
  }

  @Test func afterShutDownNothingIsLentOrKept() {
    var state = PoolState<Int>(limit: 2)
    _ = state.request(1)
    _ = state.giveBack(10)
    _ = state.request(2)
    _ = state.request(3)
    _ = state.request(4)
    let (close, refuse) = state.shutDown()
    #expect(close.isEmpty && refuse == [4])
    #expect(state.request(5) == .refuse)
    #expect(state.giveBack(10) == .close(10))
    #expect(state.lose() == .nothing)
    #expect(state.busy == 0)
    #expect(state.idle.isEmpty)
  }

  @Test func shutDownClosesTheIdle() {
    var state = PoolState<Int>(limit: 2)
    _ = state.request(1)
    _ = state.giveBack(10)
    let (close, _) = state.shutDown()
    #expect(close == [10])
  }

  @Test(arguments: [-1, 0]) func thereIsRoomForOneAtLeast(limit: Int) {
    var state = PoolState<Int>(limit: limit)
    #expect(state.request(1) == .open)
    #expect(state.request(2) == .wait)
  }

  /// Any order of events: never more than the limit, and nobody waits while there is room.
  @Test func randomEventsKeepTheInvariants() {
    var random = SystemRandomNumberGenerator()
    var state = PoolState<Int>(limit: 4)
    var lent: [Int] = []
    var opening = 0
    var next = 0
    func handle(_ action: PoolState<Int>.ReturnAction) {
      switch action {
      case .handOver(let connection, _): lent.append(connection)
      case .openFor: opening += 1
      case .close, .keep, .nothing: break
      }
    }
    for event in 0..<20_000 {
      switch Int.random(in: 0..<5, using: &random) {
      case 0, 1:
        switch state.request(event) {
        case .lend(let connection): lent.append(connection)
        case .open: opening += 1
        case .wait, .refuse: break
        }
      case 2 where opening > 0:
        opening -= 1
        next += 1
        lent.append(next)
      case 3 where !lent.isEmpty: handle(state.giveBack(lent.removeFirst()))
      case 4 where opening > 0:
        opening -= 1
        handle(state.lose())
      case 4:
        guard let id = state.waiting.randomElement() else { continue }
        let gaveUp = state.abandon(id)
        #expect(gaveUp)
      default: break
      }
      #expect(state.busy == lent.count + opening)
      #expect(state.busy + state.idle.count <= 4)
      #expect(state.waiting.isEmpty || state.busy == 4)
    }
  }
}
