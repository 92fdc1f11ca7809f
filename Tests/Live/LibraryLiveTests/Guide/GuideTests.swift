import EventQueue
import PostgresClient
import PostgresTesting
import ServiceLifecycle
import Testing

/// The article of the library's documentation is compiled and run.
@Suite struct GuideTests {
  @Test func theArticleShowsTheCodeThatIsRun() throws {
    let snippets = try GuideText.snippets()
    #expect(snippets.count == 10)
    #expect(try GuideText.blocks("swift") == snippets)
  }

  @Test(.timeLimit(.minutes(2))) func theCodeOfTheArticleDoesWhatItSays() async throws {
    try await withDatabase { database in
      try await withDatabase { target in
        for statements in try GuideText.blocks("sql") { try await database.psql(statements) }
        try await target.psql("create table sales (id int, total int)")
        try await database.psql("insert into turnover values ('ann', 0), ('bob', 0)")
        let ticker = try TrunklineProgram.command(["ticker", "--db", database.connectionString])
          .start()
        let (shop, warehouse) = (
          PostgresConfiguration(database.connectionString),
          PostgresConfiguration(target.connectionString)
        )
        let connection = try await PostgresConnection.connect(shop)
        let (mails, indexed, charges) = (Notes(), Notes(), Notes())
        try await during({ try await Guide.consume(shop) { mails.add("\($0.id)") } }) {
          try await during({
            try await Guide.fail(shop) { order in
              charges.add("\(order.id)")
              return order.customer == "bob" && !charges.all.contains("mended")
                ? "no money" : "charged"
            }
          }) {
            try await during({ try await Guide.book(shop) }) {
              try await during({ try await Guide.report(shop, warehouse) }) {
                try await during({
                  try await Guide.share(shop, "host1") { indexed.add("\($0.id)") }
                }) {
                  try await during({
                    try await Guide.share(shop, "host2") { indexed.add("\($0.id)") }
                  }) {
                    try await place(1...30, connection)
                    try await pollUntil("everybody to have worked") {
                      let books = try await database.psql(
                        "select string_agg(total::text, ' ' order by customer) from turnover")
                      let sales = try await target.psql(
                        "select count(*) || ' ' || sum(total) from sales")
                      return mails.all.count >= 30 && indexed.all.count >= 30 && books == "240 225"
                        && sales == "30 465"
                    }
                  }
                }
              }
            }
            // Bob's orders were refused for good, and are charged when that is mended.
            try await pollUntil("the dead letters") {
              try await DeadLetters(connection).list(queue: "orders", consumer: "cashier").count
                == 15
            }
            charges.add("mended")
            try await Guide.deadLetters(connection) { _ in true }
            try await pollUntil("bob to be charged") { charges.all.count == 46 }
            #expect(try await DeadLetters(connection).list().isEmpty)
          }
        }
        #expect(mails.all.compactMap { Int($0) }.sorted() == Array(1...30))
        #expect(indexed.all.compactMap { Int($0) }.sorted() == Array(1...30))
        try await serve(shop, connection, mails)
        await connection.close()
        try await ticker.terminate()
      }
    }
  }

  /// Odd orders are bob's, of as many euros as their number.
  private func place(_ orders: ClosedRange<Int>, _ connection: PostgresConnection) async throws {
    for id in orders {
      try await Guide.produce(
        Order(id: id, customer: id % 2 == 0 ? "ann" : "bob", total: id), connection)
    }
  }

  private func serve(
    _ shop: PostgresConfiguration, _ connection: PostgresConnection, _ mails: Notes
  ) async throws {
    let groups = Groups()
    let serving = Task {
      try await Guide.serve(shop, LibraryFixture.logger, sendMail: { mails.add("served \($0.id)") }) {
        await groups.add($0)
      }
    }
    try await place(31...31, connection)
    try await mails.wait("the mail") { $0.contains("served 31") }
    await groups.shutDown()
    try await serving.value
  }

  private actor Groups {
    private var groups: [ServiceGroup] = []

    func add(_ group: ServiceGroup) { groups.append(group) }

    func shutDown() async { for group in groups { await group.triggerGracefulShutdown() } }
  }
}
