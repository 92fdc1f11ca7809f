import EventQueue
import Logging
import PostgresClient
import ServiceLifecycle
import UnixSignals

// The code of the article Sources/EventQueue/EventQueue.docc/Guide.md: every block of it is a region of this file, between
// "snippet" and "end", and a test compares them. Another runs what is here.

// snippet
struct Order: Codable, Sendable {
  var id: Int
  var customer: String
  var total: Int
}
// end

enum Guide {
  static func produce(_ order: Order, _ connection: PostgresConnection) async throws {
    // snippet
    let producer = Producer(queue: "orders")
    try await connection.transaction { connection in
      try await connection.query(
        "insert into orders values (\(order.id), \(order.customer), \(order.total))")
      try await producer.send(OutgoingEvent(encoding: order, key: order.customer), over: connection)
    }
    // end
  }

  static func consume(
    _ shop: PostgresConfiguration, sendMail: @escaping @Sendable (Order) async throws -> Void
  ) async throws {
    // snippet
    let mailer = MessageConsumer(queue: "orders", name: "mailer", database: shop)
    try await mailer.run(concurrency: 8) { message in
      let order = try message.decode(Order.self)
      try await sendMail(order)
    }
    // end
  }

  static func fail(
    _ shop: PostgresConfiguration, charge: @escaping @Sendable (Order) async throws -> String
  ) async throws {
    // snippet
    let cashier = MessageConsumer(queue: "orders", name: "cashier", database: shop)
    try await cashier.run { message in
      let order = try message.decode(Order.self)
      switch try await charge(order) {
      case "charged": return
      case "try tomorrow": throw RetryLater("the bank is closed", after: .seconds(86_400))
      case let answer: throw DeadLetter("the bank says: \(answer)")
      }
    }
    // end
  }

  static func deadLetters(_ connection: PostgresConnection, isMended: (DeadEvent) -> Bool)
    async throws
  {
    // snippet
    let letters = DeadLetters(connection)
    for letter in try await letters.list(queue: "orders", consumer: "cashier") {
      let history = try await letters.show(letter.id)
      print(letter.eventID, letter.reason ?? "", history?.failures.count ?? 0)
      if isMended(letter) {
        try await letters.replay(queue: "orders", consumer: "cashier", letter.id)
      }
    }
    try await letters.purge(queue: "orders", consumer: "cashier", olderThan: .seconds(30 * 86_400))
    // end
  }

  static func book(_ shop: PostgresConfiguration) async throws {
    // snippet
    let ledger = MessageConsumer(queue: "orders", name: "ledger", database: shop)
    try await ledger.runInTransaction { message, transaction in
      let order = try message.decode(Order.self)
      try await transaction.query(
        "update turnover set total = total + \(order.total) where customer = \(order.customer)")
    }
    // end
  }

  static func report(_ shop: PostgresConfiguration, _ warehouse: PostgresConfiguration) async throws {
    // snippet
    let reporter = QueueConsumer(queue: "orders", name: "reporter", database: shop)
    try await reporter.run(into: warehouse) { batch, transaction in
      for try await event in batch.events(of: Order.self) {
        try await transaction.query(
          "insert into sales values (\(event.payload.id), \(event.payload.total))")
      }
    }
    // end
  }

  static func share(
    _ shop: PostgresConfiguration, _ hostName: String,
    index: @escaping @Sendable (Order) async throws -> Void
  ) async throws {
    // snippet
    let indexer = QueueConsumer(queue: "orders", name: "indexer", member: hostName, database: shop)
    try await indexer.run { batch in
      for try await event in batch.events(of: Order.self) { try await index(event.payload) }
    }
    // end
  }

  static func serve(
    _ shop: PostgresConfiguration, _ logger: Logger,
    sendMail: @escaping @Sendable (Order) async throws -> Void,
    started: @Sendable (ServiceGroup) async -> Void
  ) async throws {
    // snippet
    let mailer = MessageConsumer(queue: "orders", name: "mailer", database: shop)
    let service = mailer.service(concurrency: 8) { message in
      try await sendMail(message.decode(Order.self))
    }
    let group = ServiceGroup(
      services: [service], gracefulShutdownSignals: [.sigterm], logger: logger)
    // end
    await started(group)
    // snippet
    try await group.run()
    // end
  }
}
