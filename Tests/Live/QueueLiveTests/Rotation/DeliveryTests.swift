import PostgresClient
import PostgresTesting
import Synchronization
import Testing

/// Writers of every isolation level, savepoints, rollbacks, ticks, table switches and their failures, all at the same time.
@Suite struct DeliveryTests {
  static let writers = 6
  static let transactions = 60

  @Test(.timeLimit(.minutes(3)), arguments: [1, 2, 3] as [UInt64])
  func everyCommittedEventIsDeliveredExactlyOnce(seed: UInt64) async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q", consumers: ["c", "d"])
      let run = Run()
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await tickAndRotate(database, seed: seed, run) }
        for consumer in ["c", "d"] { group.addTask { try await consume(database, consumer, run) } }
        try await withThrowingTaskGroup(of: Void.self) { writers in
          for writer in 0..<Self.writers {
            writers.addTask { try await write(database, writer: writer, seed: seed, run) }
          }
          try await writers.waitForAll()
        }
        run.isOver.store(true, ordering: .sequentiallyConsistent)
        try await group.waitForAll()
      }
      let (committed, received) = (run.committed.withLock { $0 }, run.received.withLock { $0 })
      for _ in 0..<2 { try await session.tick("q") }
      for consumer in ["c", "d"] {
        let all = (received[consumer] ?? []) + (try await session.drain("q", consumer))
        #expect(all.sorted() == committed.sorted())
      }
      #expect(committed.count > Self.writers * Self.transactions / 4)
    }
  }

  private func write(_ database: TestDatabase, writer: Int, seed: UInt64, _ run: Run) async throws {
    var random = SplitMix(state: seed &* 1000 &+ UInt64(writer))
    let session = try await QueueSession(database)
    for number in 0..<Self.transactions {
      let level = ["read committed", "repeatable read", "serializable"].randomElement(using: &random) ?? ""
      var events: [String] = []
      try await session.connection.execute("begin isolation level \(level); select 1")
      for step in 0..<Int.random(in: 0...3, using: &random) {
        let name = "\(writer).\(number).\(step)"
        let undo = Int.random(in: 0..<5, using: &random) == 0
        if undo { try await session.connection.execute("savepoint s") }
        try await session.insert(name, into: "q")
        if undo { try await session.connection.execute("rollback to s") } else { events.append(name) }
        if Bool.random(using: &random) { await Task.yield() }
      }
      if Int.random(in: 0..<6, using: &random) == 0 {
        try await session.connection.execute("rollback")
      } else {
        try await session.connection.execute("commit")
        run.committed.withLock { $0 += events }
      }
    }
  }

  private func tickAndRotate(_ database: TestDatabase, seed: UInt64, _ run: Run) async throws {
    var random = SplitMix(state: seed)
    let session = try await QueueSession(database)
    while !run.isOver.load(ordering: .sequentiallyConsistent) {
      try await session.tick("q")
      switch Int.random(in: 0..<4, using: &random) {
      case 0: try await session.connection.execute("begin; select pgq.maint_rotate_tables_step1('q'); rollback")
      case 1: try await session.connection.execute("select pgq.maint_rotate_tables_step1('q')")
      case 2: try await session.connection.execute("select pgq.maint_rotate_tables_step2()")
      default: break
      }
    }
  }

  private func consume(_ database: TestDatabase, _ consumer: String, _ run: Run) async throws {
    let session = try await QueueSession(database)
    while !run.isOver.load(ordering: .sequentiallyConsistent) {
      let events = try await session.drain("q", consumer)
      run.received.withLock { $0[consumer, default: []] += events }
      if events.isEmpty { await Task.yield() }
    }
  }
}

/// What the tasks of one run share.
private final class Run: Sendable {
  let isOver = Atomic(false)
  let committed = Mutex<[String]>([])
  let received = Mutex<[String: [String]]>([:])
}

/// A small generator, so that a failing run can be repeated.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
