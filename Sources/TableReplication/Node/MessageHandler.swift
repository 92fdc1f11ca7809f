import EventFormats
import EventQueue
import Logging
import NodeCascade
import PostgresClient

/// Does what nodes tell each other by events, as part of the batch's transaction.
struct MessageHandler: Sendable {
  let session: WorkerSession
  let scripts: ScriptPolicy
  let isReplica: Bool
  let logger: Logger

  private var local: PostgresConnection { session.local }
  private var queue: String { session.queue }

  /// Does it.
  ///
  /// - Throws: ``ApplyError`` naming the event; `PostgresError` for what may pass by itself.
  func handle(_ message: SystemEvent, _ tables: [String: SetTable]) async throws {
    do {
      try await perform(message)
    } catch let error as PostgresError where error.needsMending {
      var failure = ApplyError(
        event: message.id, reason: error.message, remedy: ApplyRemedy.text(for: error), cause: error)
      if case .script(let name, _, _) = message.content { failure.reason = "script \(name) failed: \(error.message)" }
      throw failure
    } catch var error as ApplyError {
      error.event = message.id
      throw error
    }
  }

  private func perform(_ message: SystemEvent) async throws {
    switch message.content {
    case .location(let node, let queue, let location, let isDead):
      try await call("pgq_node.register_location(\(queue), \(node), \(location), \(isDead))", message)
    case .noLocation(let node, let queue):
      try await call("pgq_node.unregister_location(\(queue), \(node))", message)
    case .globalWatermark(let queue, let tick):
      guard session.assignment.role == .branch else { return }
      try await call("pgq_node.set_global_watermark(\(queue), \(tick))", message)
    case .mergedTick(let merged, let tick):
      try await call("pgq_node.set_partition_watermark(\(queue), \(merged), \(tick))", message)
    case .addTable(let name): try await call("londiste.global_add_table(\(queue), \(name))", message)
    case .removeTable(let name): try await call("londiste.global_remove_table(\(queue), \(name))", message)
    case .removeSequence(let name): try await call("londiste.global_remove_seq(\(queue), \(name))", message)
    case .updateSequence(let name, let value):
      try await call("londiste.global_update_seq(\(queue), \(name), \(value))", message)
    case .script(let name, let sql, let attributes):
      try await run(name, sql, attributes)
    }
  }

  /// Calls a function that answers with a code and a note. A refusal is logged and no reason to stop: what was to be changed is not
  /// there, or this node stands in its own way.
  private func call(_ function: PostgresQuery, _ message: SystemEvent) async throws {
    var query = function
    query.sql = "select ret_code, ret_note from " + function.sql
    guard let row = try await local.query(query).first else { return }
    let (code, note) = try row.decode(Int.self, String?.self)
    guard code >= 300 else { return }
    logger.notice(
      "a message of another node changes nothing here",
      metadata: ["queue": "\(queue)", "event": "\(message.id)", "reason": "\(note ?? "") (\(code))"])
  }

  // MARK: Scripts

  private func run(_ name: String, _ sql: String, _ attributes: String?) async throws {
    let started = try await local.query(
      "select ret_code from londiste.execute_start(\(queue), \(name), \(sql), false, \(attributes))")
    guard try started.first?.decode(0, as: Int.self) == 200 else {
      logger.notice("a script was executed here before", metadata: ["queue": "\(queue)", "script": "\(name)"])
      return
    }
    if let text = try await scripts.decide(name, sql, attributes, queue, local) {
      // The node's own captures stay silent, and all other triggers fire, as they did on the root.
      if isReplica { try await local.execute("set local session_replication_role = local") }
      try await local.query("select trunkline.run_script(\(text))")
      if isReplica { try await local.execute("set local session_replication_role = replica") }
    } else {
      logger.notice("a script is not for this node", metadata: ["queue": "\(queue)", "script": "\(name)"])
    }
    try await local.query("select londiste.execute_finish(\(queue), \(name))")
  }
}
