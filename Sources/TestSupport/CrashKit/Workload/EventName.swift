/// Which event it is: of which producer, in which of its transactions, at which place. Written into the event's data, so that
/// whoever receives it can say what he got.
package struct EventName: Hashable, Sendable {
  package let producer: Int
  package let transaction: Int
  package let place: Int

  package init(producer: Int, transaction: Int, place: Int) {
    self.producer = producer
    self.transaction = transaction
    self.place = place
  }

  /// Reads what `description` writes; nil for anything else.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 3, let producer = parts[0], let transaction = parts[1], let place = parts[2] else {
      return nil
    }
    self.init(producer: producer, transaction: transaction, place: place)
  }
}

extension EventName: CustomStringConvertible, Comparable {
  package var description: String { "\(producer).\(transaction).\(place)" }

  /// The order in which one producer made its events.
  package static func < (left: EventName, right: EventName) -> Bool {
    (left.producer, left.transaction, left.place) < (right.producer, right.transaction, right.place)
  }
}
