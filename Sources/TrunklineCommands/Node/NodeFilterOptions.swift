import ArgumentParser
import NodeCascade

/// Which tables and sequences of the set a node wants to know of.
struct NodeFilterOptions: ParsableArguments {
  @Option(help: "Know only of tables of the set like this pattern (*, ?; repeatable). Default: of all.")
  var onlyTables: [String] = []

  @Option(help: "Do not know of tables of the set like this pattern (repeatable).")
  var skipTables: [String] = []

  @Option(help: "Know only of sequences of the set like this pattern (repeatable). Default: of all.")
  var onlySequences: [String] = []

  @Option(help: "Do not know of sequences of the set like this pattern (repeatable).")
  var skipSequences: [String] = []

  var isEmpty: Bool { onlyTables.isEmpty && skipTables.isEmpty && onlySequences.isEmpty && skipSequences.isEmpty }

  /// Replaces those filters that were given; an empty pattern removes one.
  func apply(to attributes: inout NodeAttributes) {
    let cleaned = { (patterns: [String]) in patterns.filter { !$0.isEmpty } }
    if !onlyTables.isEmpty { attributes.onlyTables = cleaned(onlyTables) }
    if !skipTables.isEmpty { attributes.skippedTables = cleaned(skipTables) }
    if !onlySequences.isEmpty { attributes.onlySequences = cleaned(onlySequences) }
    if !skipSequences.isEmpty { attributes.skippedSequences = cleaned(skipSequences) }
  }
}
