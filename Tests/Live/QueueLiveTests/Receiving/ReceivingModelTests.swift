import PostgresClient
import PostgresTesting
import Testing

/// Random histories of producers, ticks, receivers, failures and dead receivers against a model: nothing is lost, nothing is done twice,
/// keys keep their order. A failing history comes again with its seed.
@Suite struct ReceivingModelTests {
  private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  /// The members of each consumer; "": without a name.
  private static let members = ["alone": [""], "group": ["a", "b", "c"], "ordered": ["a", "b", "c", "d"]]
  private static let attempts = 3

  @Test(arguments: [1, 2, 3, 4, UInt64.random(in: 5 ... .max)])
  func randomHistories(_ seed: UInt64) async throws {
    try await QueueSession.with { database, session in
      var history = try await History(database, session, seed: seed)
      for _ in 0..<500 { try await history.step() }
      try await history.drain()
      await history.close()
    }
  }

  private struct History {
    let session: QueueSession
    var producers: [QueueSession] = []
    var pending: [[(id: Int64, key: String?)]?] = []
    var random: Generator
    var model = ReceivingModel(plain: ["alone", "group"], ordered: ["ordered"])

    init(_ database: TestDatabase, _ session: QueueSession, seed: UInt64) async throws {
      self.session = session
      random = Generator(state: seed)
      try await session.createQueue("q", consumers: Array(members.keys))
      for consumer in members.keys {
        try await session.connection.query(
          "select trunkline.set_consumer('q', \(consumer), 'max_attempts', \("\(attempts)"))")
      }
      try await session.setLanes(3, consumer: "ordered")
      for _ in 0..<3 {
        producers.append(try await QueueSession(database))
        pending.append(nil)
      }
    }

    func close() async {
      for producer in producers { await producer.connection.close() }
    }

    mutating func step() async throws {
      switch Int.random(in: 0..<100, using: &random) {
      case 0..<22: try await produce()
      case 22..<32: try await session.tick("q")
      case 32..<58: try await receive()
      case 58..<72: try await acknowledge()
      case 72..<80: try await fail()
      case 80..<83: try await failAll()
      case 83..<86: try await giveBack()
      case 86..<90: try await expire()
      case 90..<93: try await comeDue()
      case 93..<95: try await useStaleReceipt()
      case 95..<97:
        let lanes = Int.random(in: 1...4, using: &random)
        try await session.setLanes(lanes, consumer: "ordered")
      case 97..<98:
        let name = anyConsumer()
        try await session.connection.query("select trunkline.replay_dead('q', \(name))")
        model.replayedAll(of: name)
      default:
        try await session.connection.execute("select trunkline.maint_deliveries(), trunkline.maint_dead_members()")
      }
    }

    private mutating func anyConsumer() -> String {
      members.keys.sorted().randomElement(using: &random) ?? "alone"
    }

    private mutating func anyHolder() -> (name: String, member: String, held: ReceivingModel.Held)? {
      let name = anyConsumer()
      let holders = (model.consumers[name]?.held ?? [:]).sorted { $0.key < $1.key }
      return holders.randomElement(using: &random).map { (name, $0.key, $0.value) }
    }

    private mutating func produce() async throws {
      let index = Int.random(in: 0..<producers.count, using: &random)
      let producer = producers[index]
      guard var events = pending[index] else {
        try await producer.connection.execute("begin")
        pending[index] = []
        return
      }
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<7:
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          let key = Bool.random(using: &random) ? "p\(index)-\(Int.random(in: 0..<3, using: &random))" : nil
          let id: Int64 = try await producer.value(
            "select pgq.insert_event('q', 't', 'x', null, null, null, \(key))")
          events.append((id, key))
        }
        pending[index] = events
      case 7..<9:
        try await producer.connection.execute("commit")
        model.commit(events)
        pending[index] = nil
      default:
        try await producer.connection.execute("rollback")
        pending[index] = nil
      }
    }

    private mutating func receive(_ name: String? = nil, limit: Int? = nil) async throws {
      let name = name ?? anyConsumer()
      let member = members[name]?.randomElement(using: &random) ?? ""
      let limit = limit ?? Int.random(in: 1...6, using: &random)
      let received = try await session.receive(limit, member: member == "" ? nil : member, consumer: name)
      try model.delivered(received, to: member, of: name)
    }

    /// The result of a statement; nil: the receipt was refused.
    private func onReceipt(_ query: PostgresQuery) async throws -> Int64? {
      do {
        return try await session.value(query)
      } catch let error as PostgresError where error.sqlState?.rawValue == "TL001" {
        return nil
      }
    }

    private mutating func acknowledge() async throws {
      guard let (name, member, held) = anyHolder() else { return }
      if !held.events.isEmpty, Int.random(in: 0..<4, using: &random) == 0 {
        let last = held.events[Int.random(in: 0..<held.events.count, using: &random)].id
        let count = try await onReceipt("select trunkline.ack_until(\(held.receipt), \(last))")
        try model.acknowledged(count, upTo: last, by: member, of: name)
      } else {
        let count = try await onReceipt("select trunkline.ack(\(held.receipt))")
        try model.acknowledged(count, by: member, of: name)
      }
    }

    private mutating func fail() async throws {
      guard let (name, member, held) = anyHolder(), let event = held.events.randomElement(using: &random) else {
        return
      }
      let dead = Int.random(in: 0..<6, using: &random) == 0
      let outcome: String = try await session.value(
        "select trunkline.nack(\(held.receipt), \(event.id), 'model', '0', \(dead))")
      let expected = dead || event.attempt >= attempts ? "dead" : "retry"
      guard outcome == expected else { throw ReceivingModel.Violation(description: "\(event) is \(outcome)") }
      model.failed(event, outcome, by: member, of: name)
      let again: String = try await session.value("select trunkline.nack(\(held.receipt), \(event.id))")
      guard again == outcome else { throw ReceivingModel.Violation(description: "\(event): again \(again)") }
    }

    private mutating func failAll() async throws {
      guard let (name, member, held) = anyHolder() else { return }
      guard let count = try await onReceipt("select trunkline.nack_all(\(held.receipt), 'model', '0')") else {
        return try model.acknowledged(nil, by: member, of: name)
      }
      guard count == held.events.count else {
        throw ReceivingModel.Violation(description: "\(count) of \(held.events.count) failed")
      }
      model.allFailed(attempts, by: member, of: name)
    }

    private mutating func giveBack() async throws {
      guard let (name, member, held) = anyHolder() else { return }
      guard let count = try await onReceipt("select trunkline.release(\(held.receipt))") else {
        return try model.acknowledged(nil, by: member, of: name)
      }
      guard count == held.events.count else {
        throw ReceivingModel.Violation(description: "\(count) of \(held.events.count) given back")
      }
      model.consumers[name]?.held[member] = nil
      model.consumers[name]?.stale.append(held.receipt)
    }

    private mutating func expire() async throws {
      guard let (name, member, held) = anyHolder(), name != "alone" else { return }
      try await session.connection.query(
        "update trunkline.delivery set lease_until = '2000-01-01' where receipt = \(held.receipt)")
      model.consumers[name]?.held[member]?.isExpired = true
    }

    private mutating func comeDue() async throws {
      try await session.retryNow()
      try await session.parkedAreDue()
    }

    private mutating func useStaleReceipt() async throws {
      guard let receipt = model.consumers[anyConsumer()]?.stale.randomElement(using: &random) else { return }
      guard try await session.refusal("select trunkline.ack(\(receipt))") == "TL001" else {
        throw ReceivingModel.Violation(description: "receipt \(receipt) is valid")
      }
    }

    mutating func drain() async throws {
      for (index, events) in pending.enumerated() {
        guard let events else { continue }
        try await producers[index].connection.execute("commit")
        model.commit(events)
      }
      try await session.connection.execute("update trunkline.delivery set lease_until = '2000-01-01'")
      for (name, consumer) in model.consumers {
        for member in consumer.held.keys { model.consumers[name]?.held[member]?.isExpired = true }
      }
      for _ in 0..<6 {
        try await comeDue()
        try await session.tick("q")
        for (name, all) in members.sorted(by: { $0.key < $1.key }) {
          for member in all {
            while let received = try await session.receive(7, member: member == "" ? nil : member, consumer: name) {
              try model.delivered(received, to: member, of: name)
              try model.acknowledged(try await session.ack(received), by: member, of: name)
            }
          }
        }
      }
      for (name, consumer) in model.consumers {
        #expect(Set(model.committed.keys) == consumer.done.union(consumer.dead), "\(name)")
        #expect(consumer.done.isDisjoint(with: consumer.dead))
        let dead = try await session.values(
          "select event_id from trunkline.list_dead('q', \(name), 100000)", as: Int64.self)
        #expect(Set(dead) == consumer.dead && dead.count == consumer.dead.count)
      }
      #expect(try await session.value("select count(*)::int from trunkline.parked_event", as: Int.self) == 0)
      #expect(try await session.value("select count(*)::int from trunkline.set_aside", as: Int.self) == 0)
    }
  }
}
