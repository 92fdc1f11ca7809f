/// One thing that a script asks of a node before it is run there.
public struct ScriptCondition: Hashable, Sendable, CustomStringConvertible {
  /// What is asked for. The raw value is the key in lower case, as it is stored.
  public enum Kind: String, Sendable, CaseIterable {
    /// A table or a sequence of the set that is replicated here.
    case localTable = "local-table", localSequence = "local-sequence"
    /// A table of the set that is replicated here, and is there under its local name.
    case localDestination = "local-destination"
    /// Something that is there, whether replicated or not.
    case needTable = "need-table", needSequence = "need-sequence", needSchema = "need-schema", needView = "need-view"
    /// A function with so many parameters: `name(2)`; none are meant by `name`.
    case needFunction = "need-function"

    /// The key as people write it.
    public var key: String {
      rawValue.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: "-")
    }
  }

  /// What is asked for.
  public var kind: Kind
  /// The name as the script has it: unquoted; without a schema it means one in `public`.
  public var name: String

  /// A condition.
  public init(_ kind: Kind, _ name: String) {
    self.kind = kind
    self.name = name
  }

  /// `Local-Table orders`
  public var description: String { "\(kind.key) \(name)" }

  /// Whether the name may stand as `@name@` in the script.
  var isTag: Bool { [.localTable, .localSequence, .localDestination].contains(kind) }
}
