import Glibc
import PostgresClient
import PostgresTesting
import Testing

/// A program that consumes is killed between work and acknowledgement: the effect of every event is there once.
@Suite struct ExactlyOnceTests {
  /// Where the program waits when it is killed.
  enum Point: CaseIterable, Sendable {
    /// In the middle of the work's transaction.
    case working
    /// In the COMMIT of the work, which the server completes after the program's death.
    case committing
    /// Where the batch is finished.
    case finishing

    var lock: String {
      switch self {
      case .working: "begin; lock table effect in access exclusive mode"
      case .committing: "begin; select pg_advisory_xact_lock(1)"
      case .finishing:
        "begin; select * from trunkline.consumer_lease for update; lock table trunkline.delivery in exclusive mode"
      }
    }
  }

  /// The commit of an effect can be held up.
  private static let tables = """
    create table effect (event bigint);
    create function gate() returns trigger language plpgsql as $$ begin
      perform pg_advisory_xact_lock(1); return null; end $$;
    create constraint trigger gate after insert on effect deferrable initially deferred for each row execute function gate();
    """

  @Test(.timeLimit(.minutes(2)), arguments: Point.allCases)
  func killedInOneDatabase(_ point: Point) async throws {
    try await LibraryFixture.with { fixture in
      try await fixture.database.psql(Self.tables)
      let effects = try await effectsAfterAKill(point, "transaction", fixture, fixture.database)
      #expect(effects == "20 20")
    }
  }

  @Test(.timeLimit(.minutes(2)), arguments: Point.allCases)
  func killedInATransactionOfMessages(_ point: Point) async throws {
    try await LibraryFixture.with { fixture in
      try await fixture.database.psql(Self.tables)
      let effects = try await effectsAfterAKill(point, "messages", fixture, fixture.database)
      #expect(effects == "20 20")
    }
  }

  @Test(.timeLimit(.minutes(2)), arguments: Point.allCases)
  func killedBetweenTwoDatabases(_ point: Point) async throws {
    try await LibraryFixture.with { fixture in
      try await withDatabase { target in
        try await target.psql(Self.tables)
        let effects = try await effectsAfterAKill(point, "target", fixture, target)
        #expect(effects == "20 20")
      }
    }
  }

  /// The same kill doubles the effects when work and acknowledgement are not together: these tests can fail.
  @Test(.timeLimit(.minutes(2))) func withoutTheHelperTheSameKillDoubles() async throws {
    try await LibraryFixture.with { fixture in
      try await fixture.database.psql(Self.tables)
      let effects = try await effectsAfterAKill(.working, "plain", fixture, fixture.database)
      #expect(effects == "21 20")
    }
  }

  /// Number of effects, and of different ones.
  private func effectsAfterAKill(
    _ point: Point, _ mode: String, _ fixture: LibraryFixture, _ target: TestDatabase
  ) async throws -> String {
    func start() throws -> RunningProgram {
      try ConsumerProbe.start(mode, fixture.database.connectionString, target.connectionString)
    }
    let side = point == .finishing ? fixture.database : target
    var program = try start()
    try await pollUntil("the program to listen") {
      try await fixture.value(
        """
        select count(*) from pg_stat_activity where application_name = 'consumer-probe' and state = 'idle'
          and datname = current_database() and query ~ 'trunkline.(open_batch|receive)'
        """) == "1"
    }
    let blocker = try await PostgresConnection.connect(PostgresConfiguration(side.connectionString))
    try await blocker.execute(point.lock)
    try await fixture.insert(1...10)
    try await pollUntil("the program to wait for the lock") {
      try await side.psql(
        """
        select count(*) from pg_stat_activity where application_name = 'consumer-probe' and wait_event_type = 'Lock'
          and datname = current_database()
        """) != "0"
    }
    program.send(signal: SIGKILL)
    _ = try await program.waitForExit()
    try await blocker.execute("rollback")
    await blocker.close()
    program = try start()
    try await fixture.insert(11...20)
    try await pollUntil("the last event to be done", timeout: .seconds(60)) {
      let done = try await target.psql("select count(*) from effect where event = 20") != "0"
      guard done else { return false }
      return try await fixture.value("select count(sub_batch) from pgq.subscription") == "0"
    }
    try await program.terminate()
    return try await target.psql("select count(*) || ' ' || count(distinct event) from effect")
  }
}
