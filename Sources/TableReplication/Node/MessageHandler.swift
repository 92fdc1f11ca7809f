import EventFormats
import EventQueue
import Logging
import NodeCascade
import PostgresClient

/// Does what nodes tell each other by events, as part of the batch's transaction.
struct MessageHandler: Sendable {
  let session: WorkerSession
  let logger: Logger

  private var local: PostgresConnection { session.local }
  private var queue: String { session.queue }

  /// Does it.
  ///
  /// - Throws: ``ApplyError`` naming the event; `PostgresError` for what may pass by itself.
  func handle(_ message: SystemEvent) async throws {
    do {
      try await perform(message)
    } catch let error as PostgresError where error.needsMending {
      throw ApplyError(
        event: message.id, reason: error.message, remedy: ApplyRemedy.text(for: error), cause: error)
    } catch let error as ScriptError {
      if let cause = error.cause, !cause.needsMending { throw cause }
      throw ApplyError(
        event: message.id, reason: error.message,
        remedy: (error.hint.map { "\($0); " } ?? "") + MessageHandler.leaveOut(message.content, queue),
        cause: error.cause)
    }
  }

  private func perform(_ message: SystemEvent) async throws {
    switch message.content {
    case .location(let node, let queue, let location, let isDead):
      try await call("pgq_node.register_location(\(queue), \(node), \(location), \(isDead))", message)
    case .noLocation(let node, let queue):
      try await call("pgq_node.unregister_location(\(queue), \(node))", message)
    case .globalWatermark(let queue, let tick):
      // One that keeps it in step with other nodes does so by itself.
      guard session.assignment.role == .branch, session.state.attributes.syncWatermark.isEmpty else { return }
      try await call("pgq_node.set_global_watermark(\(queue), \(tick))", message)
    case .mergedTick(let merged, let tick):
      try await call("pgq_node.set_partition_watermark(\(queue), \(merged), \(tick))", message)
    case .addTable(let name):
      guard session.state.attributes.registers(table: name) else { return }
      try await call("londiste.global_add_table(\(queue), \(name))", message)
    case .removeTable(let name): try await call("londiste.global_remove_table(\(queue), \(name))", message)
    case .removeSequence(let name): try await call("londiste.global_remove_seq(\(queue), \(name))", message)
    case .updateSequence(let name, let value):
      guard session.state.attributes.registers(sequence: name) else { return }
      try await call("londiste.global_update_seq(\(queue), \(name), \(value))", message)
    case .script(let name, let sql, let attributes):
      try await run(try ScriptExecution(queue: queue, eventName: name, data: sql, attributes: attributes))
    case .captured(let type, let name, let sql, let attributes, let classes):
      try await run(
        try ScriptExecution(
          queue: queue, eventType: type, eventName: name, data: sql, attributes: attributes, classes: classes))
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

  /// What a person can do about a script that fails here.
  private static func leaveOut(_ content: SystemEvent.Content, _ queue: String) -> String {
    guard case .script(let name, _, _) = content else { return "mend the cause; then the worker goes on by itself" }
    return """
      mend the cause, or do what the script is for by hand and say that it is done: select londiste.execute_start\
      (\(SQLLiteral.quote(queue)), \(SQLLiteral.quote(name)), 'done by hand', false); then the worker goes on by itself
      """
  }

  private func run(_ script: ScriptExecution) async throws {
    let outcome = try await script.perform(local)
    logger.notice("a script: \(outcome.rawValue)", metadata: ["queue": "\(queue)", "script": "\(script.name)"])
  }
}
