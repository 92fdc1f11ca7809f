/// What this database is for a cascaded queue. Other nodes are not asked: `trunkline node status` does.
package struct NodeSnapshot: Codable, Sendable, Equatable {
  package var queue: String
  package var name: String
  /// root, branch or leaf.
  package var type: String
  /// The node it reads from; itself on the root.
  package var provider: String
  package var worker: String
  /// The tick up to which the worker has finished everything.
  package var lastTick: Int64 = 0
  package var isPaused = false
  /// Whether the worker has confirmed the last thing it was asked.
  package var isUpToDate = true
  /// What stopped the worker.
  package var error: String?
  /// Whether the queue takes no events; always so on a branch.
  package var refusesInserts = false
  /// Nodes that read from this one and are tagged as dead: what they have not read is kept all the same.
  package var deadSubscribers: [String] = []
  /// Lost roots for whose return events are kept.
  package var gravestones: [String] = []
  /// Tables that are replicated here and not in sync: name and state.
  package var unfinishedTables: [String] = []
  /// Why copies of tables stand still: name and reason.
  package var copyErrors: [String] = []

  package init(queue: String, name: String, type: String, provider: String, worker: String) {
    self.queue = queue
    self.name = name
    self.type = type
    self.provider = provider
    self.worker = worker
  }
}
