import EventFormats
import Glibc
import NodeCascade
import PostgresClient
import PostgresTesting
import TableReplication
import Testing

/// Copies of tables on nodes: workers that copy, ticks and traffic meanwhile.
extension SetFixture {
  /// A worker that copies what is to be copied, in small pieces.
  func copyingWorker(_ name: String, parallelCopies: Int = 4) -> NodeWorker {
    var options = CopiedTables.Options()
    options.parallelCopies = parallelCopies
    options.copy.pieceBytes = 64 << 10
    options.copy.parkingThreshold = 1
    let replication = SetReplication(logger: quietLogger) { [options] _ in
      CopiedTables(options, logger: quietLogger)
    }
    var worker = NodeWorker(
      database: PostgresConfiguration(self[name].connectionString, applicationName: "trunkline replicate"), queue: "s",
      logger: quietLogger
    ) { try await replication.start($0) }
    worker.retryPolicy = ReconnectPolicy(initialDelay: .milliseconds(20), maximumDelay: .milliseconds(200))
    worker.pollInterval = .milliseconds(50)
    return worker
  }

  /// Runs copying workers of these nodes, and a ticker of the root, while `body` works.
  func copying(_ names: String..., body: () async throws -> Void) async throws {
    let workers = names.map { name in Task { [worker = copyingWorker(name)] in try await worker.run() } }
    let ticker = Task {
      try await root.withConnection { root in
        while !Task.isCancelled {
          try await root.execute("select pgq._make_tick('s')")
          try await Task.sleep(for: .milliseconds(50))
        }
      }
    }
    let result: Result<Void, any Error>
    do {
      try await body()
      result = .success(())
    } catch {
      result = .failure(error)
    }
    for task in workers + [ticker] { task.cancel() }
    for task in workers + [ticker] { _ = await task.result }
    try result.get()
  }

  /// States of the tables of a node, in the order of their names.
  func states(on name: String) async throws -> String {
    try await self[name].value(
      "select string_agg(coalesce(merge_state, '-'), ' ' order by table_name) from londiste.table_info where local")
  }

  func waitUntilAllOK(on name: String) async throws {
    do {
      try await pollUntil("all tables of \(name) to be ok", timeout: .seconds(40)) {
        try await self[name].value(
          "select count(*)::text from londiste.table_info where local and merge_state is distinct from 'ok'") == "0"
      }
    } catch {
      let state = try await self[name].value(
        """
        select string_agg(concat_ws(' ', t.table_name, t.merge_state, c.consumer_name, p.last_tick, k.sync_snapshot, c.error), E'\n')
          || E'\n worker ' || (select concat_ws(' ', max(last_tick_id), max(cur_error)) from pgq_node.local_state)
        from londiste.table_info t left join trunkline.set_copy c using (table_name)
        left join trunkline.position p on p.consumer_name = c.consumer_name
        left join trunkline.copied_table k on k.consumer_name = c.consumer_name
        """)
      Issue.record("\(state)")
      throw error
    }
  }

  /// Waits until a node has applied everything committed on the root so far.
  func waitUntilApplied(on name: String) async throws {
    try await tick()
    let tick = try await root.value("select max(tick_id)::text from pgq.tick")
    try await pollUntil("\(name) to stand at tick \(tick)", timeout: .seconds(60)) {
      try await Int(self[name].value("select max(last_tick_id)::text from pgq_node.local_state")) ?? 0 >= Int(tick) ?? 0
    }
  }

  /// Waits until nothing of copies is left on a node, nor their consumers on the other.
  func waitUntilCleared(on name: String, source: String = "root") async throws {
    try await pollUntil("remains of copies to go", timeout: .seconds(30)) {
      let here = try await self[name].value(
        """
        select (select count(*) from trunkline.set_copy) + (select count(*) from trunkline.parked_ddl)
          + (select count(*) from trunkline.table_copy) || ''
        """)
      let there = try await self[source].value(
        "select count(*)::text from pgq.consumer c join pgq.subscription s on s.sub_consumer = c.co_id where co_name like '%.copy.%'"
      )
      return here == "0" && there == "0"
    }
  }
}
