/// Everything that is known about a run, when it is over.
package struct History: Sendable {
  /// The seed, from which the plan of every transaction follows.
  package var seed: UInt64
  /// What each producer wrote down, by its number.
  package var producers: [Int: [HistoryRecord]] = [:]
  /// Transactions that are committed, by the mark that each leaves in a table of the database: the truth.
  package var marks: Set<TransactionName> = []
  package var consumers: [Consumer] = []

  package init(seed: UInt64) { self.seed = seed }

  /// A transaction of a producer.
  package struct TransactionName: Hashable, Sendable, CustomStringConvertible {
    package let producer: Int
    package let number: Int

    package init(producer: Int, number: Int) {
      self.producer = producer
      self.number = number
    }

    package var description: String { "\(producer).\(number)" }
  }

  /// A registered consumer: one process after another, or several at once.
  package struct Consumer: Sendable {
    /// What it promises.
    package enum Kind: Sendable {
      /// Batches between ticks: alone, or shared out among members.
      case batches
      /// Parts of batches under receipts, events of one key in order and one at a time.
      case lanes
      /// The effect of each event is there once: `records` are the rows of a table, each a delivery of its own.
      case exactlyOnce
    }

    package var name: String
    package var kind: Kind
    /// Records of each of its processes, in the order of their writing.
    package var processes: [[HistoryRecord]]

    package init(name: String, kind: Kind, processes: [[HistoryRecord]]) {
      self.name = name
      self.kind = kind
      self.processes = processes
    }
  }
}
