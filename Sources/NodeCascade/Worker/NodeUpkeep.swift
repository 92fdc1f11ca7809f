import Logging
import PostgresClient

/// What a worker does for the others besides batches.
enum NodeUpkeep {
  /// On the root: tells all nodes up to which tick everything is finished everywhere.
  ///
  /// - Throws: `PostgresError`.
  static func publish(_ node: LocalNode) async throws {
    try await node.connection.query("select pgq_node.set_global_watermark(\(node.queue), null)")
  }

  /// On the root: publishes sequences that come close to what was published.
  ///
  /// - Throws: `PostgresError`.
  static func publishSequences(_ node: LocalNode) async throws {
    try await node.connection.query("select londiste.root_check_seqs(\(node.queue))")
  }

  /// Tells the provider up to which tick everything is finished here and below. A branch that keeps the global watermark in
  /// step with others by itself holds nothing back but its own work.
  ///
  /// - Throws: `PostgresError`.
  static func report(_ node: LocalNode, _ provider: ProviderSession) async throws {
    let state = try await node.state()
    let watermark =
      state.attributes.syncWatermark.isEmpty
      ? min(state.localWatermark ?? state.completedTick, state.completedTick) : state.completedTick
    try await provider.control.query(
      "select pgq_node.set_subscriber_watermark(\(node.queue), \(state.node), \(watermark))")
  }

  /// On a branch that keeps the global watermark in step with certain nodes: moves it as far as all of these are, and never further
  /// than the provider's. One that does not answer holds it up; dead ones do not count.
  ///
  /// - Throws: ``CascadeError``, `PostgresError`: a node does not answer.
  static func synchronise(_ node: LocalNode, _ provider: ProviderSession, _ worker: NodeWorker) async throws {
    let state = try await node.state()
    guard !state.attributes.syncWatermark.isEmpty, let current = state.globalWatermark else { return }
    let above: Int64? = try await provider.control.query(
      "select global_watermark from pgq_node.get_node_info(\(node.queue))"
    ).first?.decode(0)
    var watermarks = [above ?? current, state.localWatermark ?? current]
    let members = try await node.connection.query(
      """
      select node_name, node_location from pgq_node.get_queue_locations(\(node.queue))
      where node_name = any (\(state.attributes.syncWatermark)::text[]) and node_name <> \(state.node) and not dead
      """)
    for member in members {
      let (name, location) = try member.decode(String.self, String.self)
      watermarks.append(
        try await localWatermark(of: name, at: worker.configuration(location), node.queue, worker.logger))
    }
    guard let lowest = watermarks.min(), lowest > current else { return }
    try await node.connection.query("select pgq_node.set_global_watermark(\(node.queue), \(lowest))")
  }

  private static func localWatermark(
    of name: String, at location: PostgresConfiguration, _ queue: String, _ logger: Logger
  ) async throws -> Int64 {
    try await PostgresConnection.with(location, logger: logger) { connection in
      let watermark: Int64?? = try await connection.query(
        "select local_watermark from pgq_node.get_node_info(\(queue)) where node_name = \(name)"
      ).first?.decode(0)
      guard let watermark = watermark ?? nil else {
        throw CascadeError("the location of node \(name) leads to another node of queue \"\(queue)\", or to none")
      }
      return watermark
    }
  }
}
