/// Attributes of a node that keep names of the set from being registered there; each is a list of patterns.
public enum NodeFilter: String, Codable, Sendable, CaseIterable {
  /// Tables that are registered, and no others; tables that are not.
  case onlyTables = "register_only_tables"
  case skipTables = "register_skip_tables"
  /// The same of sequences.
  case onlySequences = "register_only_seqs"
  case skipSequences = "register_skip_seqs"
}
