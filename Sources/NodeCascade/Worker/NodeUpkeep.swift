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
      state.syncedNodes.isEmpty
      ? min(state.localWatermark ?? state.completedTick, state.completedTick) : state.completedTick
    try await provider.control.query(
      "select pgq_node.set_subscriber_watermark(\(node.queue), \(state.node), \(watermark))")
  }
}
