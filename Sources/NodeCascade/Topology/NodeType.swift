/// What a database is for a cascaded queue.
public enum NodeType: String, Codable, Sendable {
  /// Events and ticks are made here.
  case root
  /// Has a full copy of the queue, so that others can read from it.
  case branch
  /// Has tables, but no copy of the queue.
  case leaf
}
