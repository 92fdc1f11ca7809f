package import PostgresClient

/// Two databases, and by which position they can be seen at the same moment.
package struct ComparedDatabases: Sendable {
  /// What says how far the target is.
  package enum Position: Sendable, Equatable {
    /// Nothing: both must stand still.
    case none
    /// The worker of `trunkline replicate`, which keeps it in the target's `trunkline.position`.
    case replica(queue: String, consumer: String)
    /// Both are nodes of a cascaded queue: the ticks are the same on all of them, and workers keep theirs in
    /// `pgq_node.local_state`. The source must be upstream of the target.
    case node(queue: String)
  }

  /// The two databases.
  package var source: PostgresConfiguration, target: PostgresConfiguration
  /// What brings them together.
  package var position: Position

  package init(source: PostgresConfiguration, target: PostgresConfiguration, position: Position) {
    self.source = source
    self.target = target
    self.position = position
  }
}
