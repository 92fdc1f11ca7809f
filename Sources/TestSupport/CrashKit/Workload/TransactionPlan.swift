/// What a producer does in one transaction: decided by seed, producer and number alone, so a restarted or replayed producer
/// decides the same.
package struct TransactionPlan: Sendable, Equatable {
  package enum Isolation: String, Sendable {
    case readCommitted = "read committed", repeatableRead = "repeatable read", serializable
  }

  /// How events are sent.
  package enum Way: Sendable { case oneByOne, oneStatement }

  package let isolation: Isolation
  package let way: Way
  /// The key of each event that is inserted and stays, in order.
  package let keys: [String]
  /// Events that are inserted in a savepoint, which is rolled back.
  package let undone: Int
  /// Whether the transaction is rolled back in the end.
  package let rollsBack: Bool
  /// Milliseconds between the transaction's snapshot and its first event.
  package let pauseBefore: Int
  /// Milliseconds between its last event and its end.
  package let pauseAfter: Int
  /// Milliseconds until the next transaction.
  package let pauseBetween: Int

  /// Keys of each producer. Only one producer writes a key, so it knows the order.
  package static let keysOfAProducer = 5

  package init(seed: UInt64, producer: Int, number: Int) {
    var random = SeededGenerator(seed: seed, purpose: "transaction \(producer) \(number)")
    isolation =
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<5: .readCommitted
      case 5..<8: .repeatableRead
      default: .serializable
      }
    let size =
      switch Int.random(in: 0..<100, using: &random) {
      case 0..<80: Int.random(in: 1...5, using: &random)
      case 80..<98: Int.random(in: 6...50, using: &random)
      default: Int.random(in: 200...1000, using: &random)
      }
    keys = (0..<size).map { _ in "\(producer).\(Int.random(in: 0..<Self.keysOfAProducer, using: &random))" }
    way = size > 50 || random.chance(30) ? .oneStatement : .oneByOne
    undone = random.chance(10) ? Int.random(in: 1...5, using: &random) : 0
    rollsBack = random.chance(10)
    // Longer than a rotation now and then: the snapshot is older than the switch, or the events older than the commit.
    pauseBefore = random.chance(isolation == .readCommitted ? 4 : 12) ? Int.random(in: 100...4000, using: &random) : 0
    pauseAfter = random.chance(5) ? Int.random(in: 100...4000, using: &random) : 0
    pauseBetween = Int.random(in: 0...40, using: &random)
  }
}
