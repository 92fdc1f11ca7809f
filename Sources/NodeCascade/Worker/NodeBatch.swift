package import EventQueue

/// A batch that a node gets from its provider.
package struct NodeBatch: Sendable {
  package var batch: EventBatch
  /// The event sequence at the batch's end, as the provider's tick has it.
  package var eventSequence: Int64

  package init(_ batch: EventBatch, eventSequence: Int64) {
    self.batch = batch
    self.eventSequence = eventSequence
  }
}
