import EventQueue
import PostgresClient

extension NodeWorker {
  /// Moves the node to where its consumer stands at the provider, when the provider no longer has what comes after the node's own
  /// tick. The changes in between are left out for good, also for the nodes below a branch: tables must be copied again.
  ///
  /// - Returns: the node, and the ticks from and to which it was moved; `nil` where there is nothing to move: on a root.
  /// - Throws: ``CascadeError``; `PostgresError`.
  package func reset() async throws -> (node: String, from: Int64, to: Int64)? {
    let node = try await LocalNode.claim(self, by: workerDescription(), held: nil)
    do {
      let state = try await node.state()
      guard state.type != .root, let location = state.providerLocation else {
        await node.connection.close()
        return nil
      }
      let assignment = NodeDuty.Assignment(provider: state.provider, location: location, role: .leaf)
      let provider = try await ProviderSession.open(configuration(location), assignment, queue, state, logger)
      do {
        let tick = try await provider.position()
        try await node.reset(to: tick, state)
        if state.type == .branch { try await node.makeTick(provider.tick(tick)) }
        await provider.close()
        await node.connection.close()
        return (state.node, state.completedTick, tick)
      } catch {
        await provider.close()
        throw error
      }
    } catch {
      await node.connection.close()
      throw error
    }
  }
}
