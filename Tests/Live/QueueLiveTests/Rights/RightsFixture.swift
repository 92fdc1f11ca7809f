import PostgresClient
import PostgresTesting

/// Two queues, q and r, and two roles that may consume from q and from nothing else, each with a session of its own.
struct RightsFixture {
  let database: TestDatabase
  /// As superuser.
  let admin: QueueSession
  let alice: String
  let bob: String
  let asAlice: QueueSession
  let asBob: QueueSession

  static func with(_ body: (RightsFixture) async throws -> Void) async throws {
    let alice = FreshName.next("alice"), bob = FreshName.next("bob")
    try await QueueSession.with { database, admin in
      try await admin.connection.execute("create role \(alice) login; create role \(bob) login")
      for queue in ["q", "r"] { try await admin.createQueue(queue, consumers: []) }
      for role in [alice, bob] {
        try await admin.connection.query("select trunkline.grant_queue('q', \(role), 'consume')")
      }
      let fixture = RightsFixture(
        database: database, admin: admin, alice: alice, bob: bob,
        asAlice: try await QueueSession(database, user: alice), asBob: try await QueueSession(database, user: bob))
      try await body(fixture)
      await fixture.asAlice.connection.close()
      await fixture.asBob.connection.close()
      try await admin.connection.execute("reset role; drop owned by \(alice), \(bob); drop role \(alice), \(bob)")
    }
  }

  /// Consumer a of alice on q with an open batch of the event "secret"; its id.
  func aliceWorks() async throws -> Int64 {
    try await asAlice.connection.execute(
      "select trunkline.register('q', 'a'), trunkline.attach_consumer('q', 'a', 'test')")
    try await admin.insert("secret", into: "q")
    try await admin.tick("q")
    return try await asAlice.value("select batch_id from trunkline.open_batch('q', 'a', 1, 1000)")
  }
}

extension QueueSession {
  /// SQLSTATE that the server refuses the statement with, nil when it does not.
  func refusal(_ sql: String) async throws -> String? {
    do {
      try await connection.execute(sql)
      return nil
    } catch let error as PostgresError where error.code == .server {
      return error.sqlState?.rawValue
    }
  }
}
