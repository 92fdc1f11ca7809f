package import EventQueue

/// What is done with the batches of a node.
package protocol NodeWork: Sendable {
  /// Whether a batch may join several ticks.
  func mayJoinTicks() async throws -> Bool

  /// Brings one batch in, by means of ``WorkerSession/transaction(_:isolation:_:)``.
  ///
  /// - Throws: what describes the failure; nothing of the batch is in the node's database then.
  func bring(_ batch: NodeBatch) async throws -> TransferOutcome

  /// Does what nodes tell each other in a batch whose changes are here already, as they came through a combined queue. It may be
  /// done again.
  ///
  /// - Throws: what describes the failure.
  func follow(_ batch: NodeBatch) async throws

  /// Told that there is no batch after `tick` now.
  func idle(after tick: Int64) async throws

  /// Told that the session ends.
  func stop() async
}
