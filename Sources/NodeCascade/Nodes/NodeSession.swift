import PostgresClient

/// A connection to one node's database.
struct NodeSession: Sendable {
  let connection: PostgresConnection
  let queue: String

  init(connection: PostgresConnection, queue: String) {
    self.connection = connection
    self.queue = queue
  }

  /// Does one step in one transaction.
  ///
  /// - Throws: ``CascadeError`` with the answer of the node; `PostgresError`.
  func perform(_ step: CascadeStep, worker: String?) async throws {
    switch step {
    case .register(_, let member):
      try await call(
        "pgq_node.register_location(\(queue), \(member.name), \(member.connectionString), \(member.isDead))", step)
    case .forget(_, let member):
      try await call("pgq_node.drop_node(\(queue), \(member))", step)
    case .pause(_, let isPaused):
      try await call("pgq_node.set_consumer_paused(\(queue), \(worker), \(isPaused))", step)
    case .subscribe(_, let subscriber, let worker, let tick):
      try await call("pgq_node.register_subscriber(\(queue), \(subscriber), \(worker), \(tick))", step)
    case .unsubscribe(_, let subscriber):
      try await call("pgq_node.unregister_subscriber(\(queue), \(subscriber))", step)
    case .setProvider(_, let provider, let resumes):
      try await connection.transaction { connection in
        let session = NodeSession(connection: connection, queue: queue)
        try await session.call("pgq_node.change_consumer_provider(\(queue), \(worker), \(provider))", step)
        if resumes { try await session.call("pgq_node.set_consumer_paused(\(queue), \(worker), false)", step) }
      }
    case .demote(_, let number, let newRoot):
      try await call("pgq_node.demote_root(\(queue), \(number), \(newRoot))", step)
    case .promote:
      try await connection.transaction { connection in
        let session = NodeSession(connection: connection, queue: queue)
        try await session.call("pgq_node.promote_branch(\(queue))", step)
        // what its worker had to say of the lost provider is over
        try await session.call("pgq_node.set_consumer_error(\(queue), \(worker), null)", step)
      }
    case .erectGravestone(_, let lost, let tick):
      try await connection.query(
        "select pgq.register_consumer_at(\(queue), \(lost + NodeState.gravestoneSuffix), \(tick))")
    case .pauseMerge(_, let merged, let isPaused):
      try await call(
        """
        pgq_node.set_consumer_paused(
          \(merged), (select worker_name from pgq_node.node_info where queue_name = \(merged)), \(isPaused))
        """, step)
    case .withdraw(_, let tick, let provider, let keeping, let dump):
      try await LostEvents(queue: queue, tick: tick).store(at: dump, connection)
      try await call("trunkline.withdraw_node(\(queue), \(tick), \(provider), \(keeping))", step)
    case .reinstate(_, let lost, let worker, let tick):
      try await connection.transaction { connection in
        let session = NodeSession(connection: connection, queue: queue)
        try await session.call(
          "pgq_node.register_location(\(queue), \(lost.name), \(lost.connectionString), false)", step)
        try await session.call("pgq_node.register_subscriber(\(queue), \(lost.name), \(worker), \(tick))", step)
        try await connection.query(
          "select pgq.unregister_consumer(\(queue), \(lost.name + NodeState.gravestoneSuffix))")
      }
    case .rename(_, let old, let new):
      try await call("trunkline.rename_node(\(queue), \(old), \(new))", step)
    case .drop(let node):
      try await call("pgq_node.drop_node(\(queue), \(node))", step)
    case .wait:
      break
    }
  }

  /// Calls a function that answers with a code and a note; codes from 400 on are errors.
  @discardableResult
  func call(_ function: PostgresQuery, _ step: CascadeStep? = nil) async throws -> (code: Int, note: String) {
    // the parameters keep their numbers
    var query = function
    query.sql = "select ret_code, ret_note from " + function.sql
    guard let row = try await connection.query(query).first else {
      throw PostgresError(.decoding, "a function of the node returned nothing", query: query.sql)
    }
    let (code, note) = try row.decode(Int.self, String?.self)
    guard code < 400 else {
      throw CascadeError("\(step.map { "\($0.text): " } ?? "")\(note ?? "") (\(code))")
    }
    return (code, note ?? "")
  }
}

extension NodeState {
  /// Of the consumer that keeps the events since a root was lost.
  static let gravestoneSuffix = ".gravestone"
}
