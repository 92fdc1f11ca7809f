import EventQueue
import Testing

@Suite struct SendBufferTests {
  private static let limits = SendLimits(
    bufferedEvents: 4, bufferedBytes: 100, batchEvents: 3, batchBytes: 60, longestWait: .milliseconds(10))
  private var buffer = SendBuffer<Int>(limits: limits)

  private mutating func take(_ now: Duration = .zero) -> [Int]? {
    if case .send(let batch) = buffer.next(now: now) { batch } else { nil }
  }

  @Test mutating func sendsAFullBatchAtOnceAndTheRestByTime() {
    for item in 1...4 { _ = buffer.add(item, size: 1, now: .milliseconds(item)) }
    #expect(take(.milliseconds(4)) == [1, 2, 3])
    buffer.sent()
    guard case .wait(let time?) = buffer.next(now: .milliseconds(5)) else {
      Issue.record("the rest is not due yet")
      return
    }
    #expect(time == .milliseconds(9))
    #expect(take(.milliseconds(14)) == [4])
  }

  @Test mutating func bytesFillABatchToo() {
    for item in 1...3 { _ = buffer.add(item, size: 25, now: .zero) }
    #expect(take() == [1, 2])
  }

  /// What is being sent still takes its room, or a slow database would fill the memory.
  @Test mutating func roomIsBoundedAndIncludesWhatIsBeingSent() {
    for item in 1...4 {
      #expect(buffer.hasRoom(for: 1))
      _ = buffer.add(item, size: 1, now: .zero)
    }
    #expect(!buffer.hasRoom(for: 1))
    #expect(take() == [1, 2, 3])
    #expect(!buffer.hasRoom(for: 1))
    buffer.sent()
    #expect(buffer.hasRoom(for: 1))
    #expect(!buffer.hasRoom(for: 100))
  }

  @Test mutating func oneItemMayBeLargerThanEverything() {
    #expect(buffer.hasRoom(for: 1000))
    _ = buffer.add(1, size: 1000, now: .zero)
    _ = buffer.add(2, size: 1, now: .zero)
    #expect(take() == [1])
  }

  @Test mutating func closedItSendsTheRestAndEnds() {
    _ = buffer.add(1, size: 1, now: .zero)
    buffer.close()
    #expect(take() == [1])
    buffer.sent()
    guard case .finished = buffer.next(now: .zero) else {
      Issue.record("it is empty")
      return
    }
  }

  @Test mutating func tellsWhenTheSenderHasToLookAgain() {
    #expect(buffer.add(1, size: 1, now: .zero) == true)
    #expect(buffer.add(2, size: 1, now: .zero) == false)
    #expect(buffer.add(3, size: 1, now: .zero) == true)
    #expect(buffer.add(4, size: 1, now: .zero) == false)
  }

  @Test mutating func orderIsKeptOverManyBatches() {
    var taken: [Int] = []
    for item in 0..<1000 {
      while !buffer.hasRoom(for: 1) {
        taken += take(.seconds(1)) ?? []
        buffer.sent()
      }
      _ = buffer.add(item, size: 1, now: .zero)
    }
    taken += buffer.takeAll()
    #expect(taken == Array(0..<1000))
  }
}
