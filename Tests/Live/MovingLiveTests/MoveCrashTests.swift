import EventQueue
import Glibc
import PostgresClient
import PostgresTesting
import Testing

/// The process is killed at chosen points of its work, each reached by a lock that it waits for; nothing is lost or
/// comes twice.
@Suite struct MoveCrashTests {
  /// Where the process waits when it is killed.
  enum Point: CaseIterable, Sendable {
    /// While it reads the events at the source.
    case reading
    /// In the middle of the target's transaction.
    case writing
    /// In the target's COMMIT, which the server completes after the process's death.
    case committing
    /// Between the target's commit and the end of the batch at the source.
    case finishing

    var isAtSource: Bool { self == .reading || self == .finishing }

    var lock: String {
      switch self {
      case .reading: "begin; lock table pgq.event_template in access exclusive mode"
      case .writing: "begin; lock table pgq.event_1_0, pgq.event_1_1, pgq.event_1_2 in access exclusive mode"
      case .committing: "begin; select pg_advisory_xact_lock(1)"
      case .finishing: "begin; select * from trunkline.consumer_lease for update"
      }
    }
  }

  /// Holds up the commit.
  private static let gate = """
    create function gate() returns trigger language plpgsql as $$ begin
      perform pg_advisory_xact_lock(1); return null; end $$;
    create constraint trigger gate after update on trunkline.position deferrable initially deferred for each row
      when (old.events <> new.events) execute function gate()
    """

  @Test(.timeLimit(.minutes(2)), arguments: Point.allCases, [5, 3000])
  func killedMoveLosesAndDoublesNothing(_ point: Point, _ events: Int) async throws {
    try await MovingFixture.with { fixture in
      try await fixture.target.run("select pgq.create_queue('copy'); \(Self.gate)")
      let command = try fixture.command("move", "--target-queue", "copy")
      var mover = try command.start()
      let side = point.isAtSource ? fixture.source : fixture.target
      try await side.withConnection { blocker in
        try await fixture.waitUntilApplied()
        try await fixture.source.run(
          "select pgq.insert_event('orders', 't', g::text) from generate_series(1, \(events)) g")
        try await blocker.execute(point.lock)
        try await fixture.source.run("select pgq._make_tick('orders')")
        try await Self.waitUntilBlocked(side)
        mover.send(signal: SIGKILL)
        _ = try await mover.waitForExit()
        try await blocker.execute("rollback")
      }
      mover = try command.start()
      try await fixture.source.run("select pgq.insert_event('orders', 't', '0')")
      try await fixture.waitUntilApplied()
      #expect(try await mover.terminate() == 0)
      #expect(
        try await fixture.target.value(
          "select count(*) || ' ' || count(distinct ev_data) || ' ' || max(ev_data::int) from pgq.event_template")
          == "\(events + 1) \(events + 1) \(events)")
      #expect(try await fixture.target.value("select events::text from trunkline.position") == "\(events + 1)")
    }
  }

  private static func waitUntilBlocked(_ side: TestDatabase) async throws {
    try await side.withConnection { observer in
      try await pollUntil("the process to wait for the lock") {
        try await !observer.query(
          """
          select 1 from pg_stat_activity where application_name = 'trunkline move' and wait_event_type = 'Lock'
            and datname = current_database()
          """
        ).isEmpty
      }
    }
  }

  @Test func theOlderWorkerIsFenced() async throws {
    try await MovingFixture.with { fixture in
      let routing = EventRouting(rest: .queue("copy"))
      try await fixture.target.run("select pgq.create_queue('copy')")
      let older = Task { [worker = fixture.mover(routing)] in try await worker.run() }
      try await fixture.source.run("select pgq.insert_event('orders', 't', '1')")
      try await fixture.waitUntilApplied()
      try await running(fixture.mover(routing)) {
        try await fixture.target.withConnection { target in
          try await pollUntil("the newer worker to claim the position") {
            try await target.query("select lease from trunkline.position").first?.decode(0, as: Int.self) == 2
          }
        }
        for number in 2...4 {
          try await fixture.source.run("select pgq.insert_event('orders', 't', '\(number)')")
          try await fixture.waitUntilApplied()
        }
        let error = await #expect(throws: PostgresError.self) { try await older.value }
        #expect(error?.sqlState == "TL001")
      }
      #expect(try await fixture.events("ev_data", of: "copy") == "1 2 3 4")
    }
  }

  @Test(.timeLimit(.minutes(2))) func cutNetworksLoseAndDoubleNoEvent() async throws {
    try await MovingFixture.with { fixture in
      try await fixture.target.run("select pgq.create_queue('copy')")
      let networks = [try TCPProxy(to: fixture.source.cluster), try TCPProxy(to: fixture.target.cluster)]
      defer { for network in networks { network.stop() } }
      var worker = fixture.mover(EventRouting(rest: .queue("copy")))
      worker.source.connectionString =
        "host=127.0.0.1 port=\(networks[0].port) dbname=\(fixture.source.name) user=postgres"
      worker.target.connectionString =
        "host=127.0.0.1 port=\(networks[1].port) dbname=\(fixture.target.name) user=postgres"
      try await running(worker) {
        for round in 0..<10 {
          let (from, to) = (round * 2000, round * 2000 + 1999)
          try await fixture.source.run(
            "select pgq.insert_event('orders', 't', g::text) from generate_series(\(from), \(to)) g")
          try await fixture.tick()
          let network = networks[round % 2]
          try await pollUntil("a connection") { network.connectionCount > 0 }
          network.cut()
        }
        try await fixture.waitUntilApplied()
      }
      #expect(
        try await fixture.target.value("select count(*) || ' ' || count(distinct ev_data) from pgq.event_template")
          == "20000 20000")
    }
  }

  @Test(.timeLimit(.minutes(2))) func aCutLinkIsMadeAnew() async throws {
    try await MovingFixture.with { fixture in
      try await fixture.target.run("select pgq.create_queue('copy')")
      var worker = fixture.mover(EventRouting(rest: .queue("copy")))
      worker.pollInterval = .milliseconds(200)
      try await running(worker) {
        for round in 1...6 {
          try await fixture.source.run(
            "select pgq.insert_event('orders', 't', g::text) from generate_series(\(round * 1000), \(round * 1000 + 499)) g"
          )
          try await fixture.tick()
          // Some of the cuts fall into a batch, some between.
          for side in [fixture.source, fixture.target] where round % 2 == 0 || side.name == fixture.target.name {
            try await side.run(
              """
              select pg_terminate_backend(pid) from pg_stat_activity
              where application_name = 'trunkline' and datname = current_database() and pid <> pg_backend_pid()
              """)
          }
        }
        try await fixture.waitUntilApplied()
      }
      #expect(
        try await fixture.target.value("select count(*) || ' ' || count(distinct ev_data) from pgq.event_template")
          == "3000 3000")
    }
  }
}
