import ArgumentParser
import StatusModel
import Testing
import TrunklineCommands

/// A healthy database, and what one change makes of it.
private func healthy() -> StatusSnapshot {
  var snapshot = StatusSnapshot(server: ServerStatus())
  snapshot.server.database = "shop"
  snapshot.schemas = ["pgq", "pgq_coop", "pgq_ext", "trunkline"].map { InstalledSchema(name: $0, state: .current) }
  snapshot.ticker = TickerPresence(trunkline: [100])
  var queue = QueueSnapshot(id: 1, name: "orders")
  queue.lastTick = 50
  queue.tickerLag = 1
  queue.lastTickSequence = 1000
  queue.eventSequence = 1000
  queue.switchTransaction = 700
  queue.rotation = .running(dueIn: 3600)
  queue.tables = (0..<3).map { EventTable(name: "pgq.event_1_\($0)", bytes: 512 << 20, rows: 100) }
  snapshot.queues = [queue]
  var consumer = ConsumerSnapshot(queue: "orders", name: "mailer")
  consumer.lastTick = 50
  consumer.lag = 1
  consumer.idle = 1
  snapshot.consumers = [consumer]
  snapshot.metaTables = [MetaTable(name: "pgq.tick", bytes: 8192, liveRows: 100, deadRows: 50)]
  return snapshot
}

private typealias Change = @Sendable (inout StatusSnapshot) -> Void

/// A change, and the finding that it must lead to.
private struct Case: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let change: Change
  let check: String
  let severity: Finding.Severity
  let what: [String]
  let command: String?

  init(
    _ name: String, _ check: String, _ severity: Finding.Severity, _ what: [String], command: String? = nil,
    change: @escaping Change
  ) {
    testDescription = name
    self.change = change
    self.check = check
    self.severity = severity
    self.what = what
    self.command = command
  }
}

private func session(_ age: Double, transaction: Int64? = nil) -> RunningTransaction {
  var one = RunningTransaction(kind: .session, age: age, transaction: transaction, pid: 4711)
  one.user = "bob"
  one.state = "idle in transaction"
  one.query = "update stock set n = 1"
  one.holdsVacuum = true
  return one
}

@Suite struct DiagnosisTests {
  @Test func aHealthyDatabaseHasNoFindings() {
    let diagnosis = Diagnosis(healthy())
    #expect(diagnosis.findings == [])
    #expect(diagnosis.passed.count == Diagnosis.checks.count)
    #expect(diagnosis.worst == nil)
  }

  @Test(arguments: tickerCases + rotationCases + consumerCases + otherCases + nodeCases)
  private func everyTroubleIsFoundAndExplained(_ one: Case) throws {
    var snapshot = healthy()
    one.change(&snapshot)
    let findings = Diagnosis(snapshot).findings.filter { $0.check == one.check }
    let finding = try #require(findings.first, "nothing was found")
    #expect(findings.count == 1)
    #expect(finding.severity == one.severity)
    for part in one.what { #expect(finding.what.contains(part), "\(finding.what)") }
    #expect(!finding.cause.isEmpty && !finding.remedy.isEmpty && !finding.place.isEmpty)
    for command in finding.commands where command.hasPrefix("trunkline ") {
      let words = command.split(separator: " ").dropFirst().map(String.init)
      #expect(throws: Never.self, "\(command)") { try TrunklineCommand.parseAsRoot(words) }
    }
    if let command = one.command { #expect(finding.commands.contains(command), "\(finding.commands)") }
  }

  @Test func everyCheckHasACase() {
    let covered = Set((tickerCases + rotationCases + consumerCases + otherCases + nodeCases).map(\.check))
    #expect(covered == Set(Diagnosis.checks.map(\.name)))
  }

  @Test func theWorstComesFirst() {
    var snapshot = healthy()
    snapshot.missingRoles = ["pgq_admin"]
    snapshot.consumers[0].isTickMissing = true
    snapshot.server.isInRecovery = true
    #expect(Diagnosis(snapshot).findings.map(\.severity) == [.error, .warning, .notice])
  }

  @Test func branchesRefuseEventsWithoutBlame() {
    var snapshot = healthy()
    snapshot.queues[0].isInsertDisabled = true
    snapshot.nodes = node("branch") { $0.refusesInserts = true }
    #expect(Diagnosis(snapshot).findings == [])
  }

  /// What was not seen is not called well.
  @Test func aCheckThatSawNothingDidNotPass() {
    var snapshot = healthy()
    snapshot.unseen = ["trunkline.position: role bob may not read it"]
    let diagnosis = Diagnosis(snapshot)
    #expect(diagnosis.impossible.map(\.name) == ["replication"])
    #expect(!diagnosis.passed.contains { $0.name == "replication" })
  }

  @Test func aConsumerThatWaitsForTheTickerIsNotBlamed() {
    var snapshot = healthy()
    snapshot.ticker = TickerPresence()
    snapshot.queues[0].tickerLag = 7200
    snapshot.queues[0].eventSequence = 2000
    snapshot.consumers[0].lag = 7201
    snapshot.consumers[0].pendingEvents = 1000
    #expect(Diagnosis(snapshot).findings.map(\.check) == ["ticker"])
  }

  @Test func namesAreQuotedInCommands() throws {
    var snapshot = healthy()
    snapshot.queues[0].name = "it's; rm"
    snapshot.queues[0].rotation = .due(since: 36_000)
    let finding = try #require(Diagnosis(snapshot).findings.first { $0.check == "rotation" })
    #expect(finding.commands.first == "select pgq.maint_rotate_tables_step1('it''s; rm')")
    snapshot = healthy()
    snapshot.consumers[0].name = "a'b"
    snapshot.consumers[0].deadEvents = 1
    let dead = try #require(Diagnosis(snapshot).findings.first { $0.check == "dead letters" })
    #expect(dead.commands.first == "trunkline dead list --queue orders --consumer 'a'\\''b'")
  }
}

private let tickerCases = [
  Case("no ticker", "ticker", .error, ["no ticker runs", "2 h", "500 new events wait"], command: "trunkline ticker") {
    $0.ticker = TickerPresence()
    $0.queues[0].tickerLag = 7200
    $0.queues[0].eventSequence = 1500
  },
  Case(
    "a ticker that fails for one queue", "ticker", .error, ["queue orders had its last tick", "500 new events"],
    command: "select pgq.ticker('orders')"
  ) {
    $0.queues[0].tickerLag = 7200
    $0.queues[0].eventSequence = 1500
  },
  Case("a queue without ticks", "ticker", .error, ["has no tick at all"]) { $0.queues[0].tickerLag = nil },
  Case("pgqd beside our ticker", "two tickers", .notice, ["pgqd", "4711"]) { $0.ticker.others = [4711] },
  Case("wrong clock", "clock", .notice, ["1 min ahead"]) { $0.server.clockDifference = 60 },
  Case("ticks of the future", "clock", .warning, ["future"]) { $0.queues[0].tickerLag = -3600 },
]

private let rotationCases = [
  Case(
    "rotation waits for a consumer", "rotation", .warning,
    ["rotation of queue orders waits for consumer mailer, 3 h 12 min behind (1.5 GB kept)"],
    command: "trunkline consumer unregister orders mailer"
  ) {
    $0.queues[0].rotation = .waitsForConsumer(name: "mailer", since: 7200)
    $0.consumers[0].lag = 11_520
    $0.consumers[0].idle = 11_000
  },
  Case("rotation waits for a member", "rotation", .warning, ["waits for consumer mailer"]) {
    $0.queues[0].rotation = .waitsForConsumer(name: "mailer.m1", since: 7200)
  },
  Case("rotation waits for long", "rotation", .error, ["waits for consumer mailer"]) {
    $0.queues[0].rotation = .waitsForConsumer(name: "mailer", since: 86_400)
  },
  Case(
    "rotation waits for a paused consumer", "rotation", .warning, ["waits for consumer mailer"],
    command: "trunkline consumer resume orders mailer"
  ) {
    $0.queues[0].rotation = .waitsForConsumer(name: "mailer", since: 7200)
    $0.consumers[0].isPaused = true
  },
  Case(
    "rotation waits for a transaction", "rotation", .warning,
    ["rotation of queue orders waits for transaction of pid 4711 (bob), open for 3 h (1.5 GB kept)"],
    command: "select pg_terminate_backend(4711)"
  ) {
    $0.queues[0].rotation = .waitsForTransaction(since: 7200)
    $0.transactions = [session(100, transaction: 800), session(10_800, transaction: 600)]
  },
  Case(
    "rotation waits for a prepared transaction", "rotation", .warning, ["prepared transaction it's of bob"],
    command: "rollback prepared 'it''s'"
  ) {
    $0.queues[0].rotation = .waitsForTransaction(since: 7200)
    var prepared = RunningTransaction(kind: .prepared, age: 9000, transaction: 600, gid: "it's")
    prepared.user = "bob"
    $0.transactions = [prepared]
  },
  Case("rotation waits for somebody unseen", "rotation", .warning, ["waits for a transaction"]) {
    $0.queues[0].rotation = .waitsForTransaction(since: 7200)
  },
  Case(
    "half done rotation", "rotation", .warning, ["half done since 2 h"],
    command: "select pgq.maint_rotate_tables_step2()"
  ) { $0.queues[0].rotation = .halfDone(since: 7200) },
  Case(
    "rotation waits for a reader", "rotation", .warning, ["waits for pid 77 (bob)", "since 1 h"],
    command: "select pg_terminate_backend(77)"
  ) {
    $0.queues[0].rotation = .due(since: 3600)
    $0.queues[0].tableLocks = [TableLock(who: "bob", pid: 77, age: 3600, detail: "AccessShareLock")]
  },
  Case("nobody rotates", "rotation", .warning, ["is 4 h late"]) { $0.queues[0].rotation = .due(since: 14_400) },
  Case(
    "long transaction", "long transaction", .warning, ["pid 4711 (bob) is open for 2 h"],
    command: "select pg_terminate_backend(4711)"
  ) { $0.transactions = [session(7200)] },
  Case(
    "old prepared transaction", "long transaction", .error, ["prepared transaction g"], command: "rollback prepared 'g'"
  ) {
    $0.transactions = [RunningTransaction(kind: .prepared, age: 7200, transaction: 5, gid: "g")]
  },
  Case("too large tables", "table size", .warning, ["5.0 GB", "1 d"]) {
    $0.queues[0].tables[0].bytes = 4 << 30
    $0.queues[0].switchAge = 86_400
  },
]

private let consumerCases = [
  Case(
    "stalled consumer", "stalled consumer", .error,
    ["consumer mailer of queue orders is 3 h and about 5,000 events behind (1.0 GB kept for it)"],
    command: "trunkline consumer unregister orders mailer"
  ) {
    $0.consumers[0].lag = 10_800
    $0.consumers[0].pendingEvents = 5000
    $0.consumers[0].retainedBytes = 1 << 30
    $0.consumers[0].idle = 10_800
  },
  Case("slow consumer", "stalled consumer", .warning, ["behind"]) {
    $0.consumers[0].lag = 10_800
    $0.consumers[0].pendingEvents = 5000
    $0.consumers[0].idle = 3
  },
  Case(
    "paused consumer", "stalled consumer", .notice, ["is paused"],
    command: "trunkline consumer resume orders mailer"
  ) { $0.consumers[0].isPaused = true },
  Case("position that does not exist", "consumer position", .error, ["tick 50, which does not exist"]) {
    $0.consumers[0].isTickMissing = true
  },
  Case("near its limit of bytes", "consumer limit", .warning, ["90 % of its limit of 100 kB"]) {
    $0.consumers[0].maximumBytes = 102_400
    $0.consumers[0].retainedBytes = 92_160
  },
  Case("over its limit of time", "consumer limit", .error, ["200 % of its limit of 1 min"]) {
    $0.consumers[0].maximumAge = 60
    $0.consumers[0].lag = 120
  },
  Case(
    "evicted consumer", "eviction", .error, ["old of queue orders was removed 1 h ago (bytes)"],
    command: "trunkline consumer register orders old --from latest"
  ) { $0.evictions = [EvictionSnapshot(queue: "orders", consumer: "old", reason: "bytes", events: 7, age: 3600)] },
  Case("open batch", "open batch", .warning, ["batch 9 open for at least 1 h"]) {
    $0.consumers[0].batch = 9
    $0.consumers[0].idle = 3600
  },
  Case(
    "dead member", "dead member", .warning, ["member m1", "silent for 1 h"],
    command: "select trunkline.set_member_timeout('orders', 'mailer', '5 minutes')"
  ) { $0.consumers[0].members = [MemberSnapshot(name: "m1", batch: 9, idle: 3600)] },
  Case("dead member that nobody releases", "dead member", .warning, ["member m1"], command: "trunkline ticker") {
    $0.consumers[0].members = [MemberSnapshot(name: "m1", batch: 9, idle: 3600, deadAfter: 60)]
  },
]

private let otherCases = [
  Case("retries pile up", "retries", .warning, ["2,000 events of consumer mailer"]) { $0.consumers[0].retries = 2000 },
  Case(
    "dead letters", "dead letters", .warning, ["1 event", "no such host"],
    command: "trunkline dead replay orders mailer --all"
  ) {
    $0.consumers[0].deadEvents = 1
    $0.consumers[0].lastDeadReason = "no such host"
  },
  Case("dead letters without consumer", "dead letters", .notice, ["3 events"], command: "trunkline dead list") {
    $0.orphanedDeadEvents = 3
  },
  Case("delayed events stay", "delayed events", .error, ["5 min overdue"]) {
    $0.queues[0].delayedEvents = 3
    $0.queues[0].delayedOverdue = 300
  },
  Case("nothing installed", "schema", .error, ["nothing of Trunkline"], command: "trunkline schema install") {
    snapshot in
    for index in snapshot.schemas.indices { snapshot.schemas[index].state = .missing }
  },
  Case("missing schema", "schema", .warning, ["pgq_ext is missing"]) { $0.schemas[2].state = .missing },
  Case("old schema", "schema", .warning, ["0.0.9"], command: "trunkline schema upgrade") {
    $0.schemas[0] = InstalledSchema(name: "pgq", state: .outdated, version: "0.0.9")
  },
  Case("tampered schema", "schema", .warning, ["changed by hand"]) { $0.schemas[3].state = .modified },
  Case("foreign schema", "schema", .warning, ["the original's"]) { $0.schemas[0].state = .foreign },
  Case("missing role", "roles", .warning, ["pgq_writer"], command: "create role pgq_writer nologin") {
    $0.missingRoles = ["pgq_writer"]
  },
  Case("disabled queue", "queue settings", .warning, ["refuses new events"]) { $0.queues[0].isInsertDisabled = true },
  Case("no events allowed", "queue settings", .error, ["allows 0 events"]) { $0.queues[0].perTransactionLimit = 0 },
  Case("paused queue", "queue settings", .notice, ["is paused"]) { $0.queues[0].isTickerPaused = true },
  Case("unread queue", "no consumer", .notice, ["nobody reads queue orders"]) { $0.consumers = [] },
  Case("stopped replication", "replication", .error, ["stopped 5 min ago: duplicate key"]) {
    $0.replications = [
      ReplicationSnapshot(origin: "o", queue: "changes", consumer: "replica", idle: 300, error: "duplicate key")
    ]
  },
  Case("broken capture", "capture", .error, ["public.t", "triggers"], command: "select trunkline.capture_refresh()") {
    $0.captures = [
      CaptureSnapshot(
        table: "public.t", queue: "orders", state: "triggers", detail: "gone",
        remedy: "select trunkline.capture_refresh()")
    ]
  },
  Case("stale capture", "capture", .notice, ["stale"]) {
    $0.captures = [CaptureSnapshot(table: "public.t", queue: "orders", state: "stale", detail: "altered")]
  },
  Case("autovacuum off", "autovacuum", .warning, ["autovacuum is off"]) { $0.server.isAutovacuumOn = false },
  Case(
    "autovacuum off for a table", "autovacuum", .warning, ["pgq.tick"],
    command: "alter table pgq.tick reset (autovacuum_enabled)"
  ) { $0.metaTables[0].isAutovacuumOn = false },
  Case("bloat", "bloat", .warning, ["50,000 dead rows"], command: "vacuum pgq.tick") {
    $0.metaTables[0].deadRows = 50_000
    $0.transactions = [session(60)]
  },
  Case("wraparound", "transaction ids", .error, ["79 %"]) { $0.server.transactionAge = 1_700_000_000 },
  Case("stand-by", "stand-by", .notice, ["stand-by"]) { $0.server.isInRecovery = true },
]

/// A node that works, and what one change makes of it.
private func node(_ type: String, _ change: (inout NodeSnapshot) -> Void) -> [NodeSnapshot] {
  var node = NodeSnapshot(queue: "orders", name: "here", type: type, provider: "above", worker: "w")
  change(&node)
  return [node]
}

private let nodeCases = [
  Case("stopped node", "node", .error, ["worker of node here", "duplicate key"]) {
    $0.nodes = node("leaf") { $0.error = "duplicate key" }
  },
  Case("paused node", "node", .warning, ["paused"], command: "trunkline node resume --queue orders here") {
    $0.nodes = node("branch") { $0.isPaused = true }
  },
  Case("silent worker", "node", .warning, ["has not confirmed"]) { $0.nodes = node("leaf") { $0.isUpToDate = false } },
  Case(
    "closed root", "node", .error, ["takes no changes"],
    command: "trunkline node takeover --queue orders here --dry-run"
  ) {
    $0.queues[0].isInsertDisabled = true
    $0.nodes = node("root") { $0.refusesInserts = true }
  },
  Case("dead subscriber", "lost nodes", .warning, ["old is tagged"], command: "trunkline node drop --queue orders old")
  {
    $0.nodes = node("root") { $0.deadSubscribers = ["old"] }
  },
  Case("gravestone", "lost nodes", .warning, ["since root old was lost"]) {
    $0.nodes = node("root") { $0.gravestones = ["old"] }
  },
  Case("copies", "tables of the set", .notice, ["2 tables", "public.a (in-copy)"]) {
    $0.nodes = node("leaf") { $0.unfinishedTables = ["public.a (in-copy)", "public.b"] }
  },
  Case("stopped copy", "tables of the set", .error, ["stands still: public.a: no room"]) {
    $0.nodes = node("leaf") { $0.copyErrors = ["public.a: no room"] }
  },
  Case(
    "watermark", "stalled consumer", .warning, ["watermark of node low"],
    command: "trunkline node status --queue orders"
  ) {
    $0.consumers[0].name = ".low.watermark"
    $0.consumers[0].lag = 7200
    $0.consumers[0].waiting = 7200
    $0.consumers[0].pendingEvents = 10
  },
]
