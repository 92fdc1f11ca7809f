import DatabaseSchemas
import Logging
import PostgresClient
import PostgresTesting
import QueueTicker
import Testing

/// Databases and servers that come and go.
@Suite struct DatabaseLiveTests {
  private func install(_ database: TestDatabase) async throws {
    let text = DatabaseSchema.all.map(\.text).joined(separator: "\n")
    try await database.psql(
      "begin; set local client_min_messages = warning; set local check_function_bodies = off;\n\(text)\n; commit;")
  }

  @Test func waitsForTheSchema() async throws {
    try await withDatabase(schemas: false) { database in
      try await withTicker(.impatient(database)) { service in
        try await pollUntil("the missing schema to be noticed") {
          service.status.databases.values.contains { $0.state == .waitingForSchema }
        }
        try await install(database)
        let queue = try await TestQueue.create(on: database)
        try await queue.insert("a")
        try await queue.expect(["a"])
      }
    }
  }

  @Test func findsDatabasesThatAreMadeLaterAndForgetsDroppedOnes() async throws {
    try await PrivateCluster.with { cluster in
      try await withTicker(.impatient(.all(via: cluster.connectionString()))) { service in
        let database = try await cluster.createDatabase()
        try await install(database)
        let queue = try await TestQueue.create(on: database)
        try await queue.insert("a")
        try await queue.expect(["a"])
        #expect(service.status.databases.keys.contains(database.name))
        try await cluster.drop(database)
        try await pollUntil("the database to be forgotten") { service.status.databases.isEmpty }
      }
    }
  }

  @Test(arguments: [PrivateCluster.StopMode.fast, .immediate])
  func goesOnAfterARestartOfTheServer(mode: PrivateCluster.StopMode) async throws {
    try await PrivateCluster.with { cluster in
      let database = try await cluster.createDatabase()
      try await install(database)
      _ = try await TestQueue.create(on: database)
      try await withTicker(.impatient(database)) { service in
        try await pollUntil("the ticker to tick") { service.status.counts.ticks > 0 }
        await cluster.stop(mode)
        try await pollUntil("the loss to be shown") { service.status.unhealthySince != nil }
        try await cluster.start()
        let queue = TestQueue(
          connection: try await PostgresConnection.connect(PostgresConfiguration(database.connectionString)), name: "q")
        try await queue.insert("a")
        try await queue.expect(["a"])
        // each loop has a connection of its own
        try await pollUntil("all loops to be back") { service.status.unhealthySince == nil }
      }
    }
  }

  @Test func goesOnAfterTheLossOfItsConnection() async throws {
    try await withDatabase { database in
      let queue = try await TestQueue.create(on: database)
      try await withTicker(.impatient(database)) { service in
        try await pollUntil("the ticker to tick") { service.status.counts.ticks > 0 }
        try await database.psql(
          """
          select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and application_name = 'trunkline ticker';
          """)
        try await queue.insert("a")
        try await queue.expect(["a"])
      }
    }
  }

  @Test func oneOfTwoTickersStandsBy() async throws {
    try await withDatabase { database in
      let queue = try await TestQueue.create(on: database)
      try await withTicker(.impatient(database)) { first in
        try await pollUntil("the first to be active") { first.status.counts.ticks > 0 }
        try await withTicker(.impatient(database)) { second in
          try await pollUntil("the second to stand by") {
            second.status.databases.values.contains { $0.state == .standby }
          }
          try await queue.insert("a")
          try await queue.expect(["a"])
          #expect(second.status.counts.ticks == 0)
        }
      }
    }
  }

  @Test func anUnreachableServerEndsItWhenAsked() async throws {
    var settings = TickerSettings.impatient(.named(["host=/nowhere dbname=x connect_timeout=2"]))
    settings.exitAfterUnhealthy = .milliseconds(1)
    try await withTicker(settings) { service in
      try await pollUntil("it to be unhealthy") { service.status.unhealthySince != nil }
    }
    await #expect(throws: TickerError.self) {
      try await TickerService(settings: settings, logger: .init(label: "t")).run()
    }
    #expect(await TickerService(settings: settings, logger: .init(label: "t")).runOnce() == false)
  }

  @Test func onceMakesTicksAndMaintains() async throws {
    try await withDatabase { database in
      let queue = try await TestQueue.create(on: database)
      let service = TickerService(settings: .impatient(database), logger: .init(label: "t"))
      try await queue.insert("a")
      #expect(await service.runOnce())
      #expect(try await queue.consume() == ["a"])
    }
  }
}
