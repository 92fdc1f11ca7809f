import EventQueue
import PostgresClient

/// Where events are applied, and under which name things are written down there.
struct ApplyPlace: Sendable {
  var target: PostgresConnection
  /// The source; of a node of a set, whose provider may change, ``set``.
  var origin: String
  var queue: String, consumer: String

  /// What stands for the source where the queue is that of a set.
  static let set = "00000000-0000-0000-0000-000000000000"

  init(target: PostgresConnection, origin: String = ApplyPlace.set, queue: String, consumer: String) {
    self.target = target
    self.origin = origin
    self.queue = queue
    self.consumer = consumer
  }

  init(_ position: TransferPosition) {
    self.init(
      target: position.connection, origin: position.origin, queue: position.queue, consumer: position.consumer)
  }
}
