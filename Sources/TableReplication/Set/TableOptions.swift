public import TableStructure

/// How a table comes into a set on a node.
public struct TableOptions: Sendable, Equatable {
  /// From where the first rows come.
  public enum CopySource: Sendable, Equatable {
    /// The provider, a named node, or the first node on the way to the root that has the tables.
    case provider
    case node(String)
    case firstWithData
  }

  /// What a leaf does whose table is filled by several queues.
  public enum Merge: String, Sendable {
    /// Replicate the table from every queue that feeds the combined one, or from this one only.
    case all = "merge_all"
    case none = "no_merge"
  }

  /// Whether to make the table here, and how much of it; nothing when it is there.
  public var creation: CreationPlan.Scope?
  /// How long to wait, before a table is made, for a node that is copying the table by whose example it is made.
  public var patience: Duration = .zero
  /// Its name here, if it is another one.
  public var destination: String?
  /// Whether the rows are here already, so that nothing is copied; or are to be added to those that are here.
  public var expectsSync = false, skipsTruncate = false
  /// What is captured: see ``CaptureOptions``.
  public var capture = CaptureOptions()
  /// The letters of the trigger; `nil`: a generated capture of all kinds of changes.
  public var triggerFlags: String?
  /// Further arguments of the trigger.
  public var triggerArguments: [String] = []
  /// Whether changes made here are captured or refused at all.
  public var makesTriggers = true
  /// The handler, as ``RegisteredAttributes/handler(_:_:)`` writes it.
  public var handler: String?
  /// What happens when a change meets a row that the source does not expect, and whether such rows are kept.
  package var conflict: ConflictPolicy?
  package var keepsConflictRows = false
  /// From where to copy.
  public var copySource = CopySource.provider
  /// What to do about other sources.
  public var merge: Merge?
  /// How many copies may fill the table at the same time.
  public var maxParallelCopy: Int?
  /// Whether the sequences of its columns come with it.
  public var addsSequences = true
  /// Whether tables that do not exist here or at the source are left out, instead of ending everything.
  public var skipsMissing = false
  /// Whether names are taken that are no candidates.
  public var isForced = false

  /// The ordinary way.
  public init() {}

  /// What the handler adds to the arguments of the trigger.
  private var handlerArguments: [String] { HandlerRegistry.standard.triggerArguments(handler) }

  /// Whether there is no table here: events are dealt with in another way.
  var isVirtual: Bool {
    (handlerArguments + triggerArguments).contains("virtual_table")
  }

  /// Whether the rows of such a table stay in it.
  static func storesData(_ handler: String?) -> Bool {
    let preset = handler.flatMap(DispatchPreset.named)
    return !["vtable", "fake_local", "qsplitter", "qtable", "nop", "noop", "applyfn", "dispatch"].contains(handler)
      && preset?.tableMode != .part
  }

  /// Arguments of `local_add_table()`.
  func functionArguments(_ capture: CaptureOptions) -> [String] {
    var arguments: [String] = []
    if expectsSync { arguments.append("expect_sync") }
    if skipsTruncate { arguments.append("skip_truncate") }
    if let merge { arguments.append(merge.rawValue) }
    if merge == nil, handlerArguments.contains(Merge.none.rawValue) { arguments.append(Merge.none.rawValue) }
    if isVirtual { return arguments + ["virtual_table"] }
    return arguments + triggers(capture)
  }

  /// Arguments of `create_trigger()`.
  func triggers(_ capture: CaptureOptions) -> [String] {
    guard makesTriggers else { return ["no_triggers"] }
    let added = handlerArguments
    // a handler with a trigger of another kind: of a queue table
    if triggerFlags == nil, added.contains(where: { $0.hasPrefix("tgflags=") }) { return added + triggerArguments }
    var arguments = ["tgflags=\(triggerFlags ?? "AIUDG")"]
    if let key = capture.key { arguments.append("pkey=\(key.joined(separator: ","))") }
    if let columns = capture.columns { arguments.append("columns=\(columns.joined(separator: ","))") }
    if let ignored = capture.ignore, !ignored.isEmpty { arguments.append("ignore=\(ignored.joined(separator: ","))") }
    if let condition = capture.when { arguments.append("when=\(condition)") }
    if capture.before { arguments.append("backup") }
    // a shard's hash stands in the events
    return arguments + added.filter { $0.hasPrefix("ev_") } + triggerArguments
  }

  /// Attributes to store.
  ///
  /// - Parameter copied: what is captured where the rows come from: a copy brings the same.
  func attributes(copyNode: String?, _ copied: CaptureOptions) -> RegisteredAttributes {
    var attributes = RegisteredAttributes()
    attributes.handler = handler
    attributes.copyNode = copyNode
    attributes.skipsTruncate = skipsTruncate
    attributes.maxParallelCopy = maxParallelCopy
    attributes.condition = copied.when
    attributes.setColumns(copied, triggerArguments: triggerArguments)
    attributes.setConflict(conflict, keepsRows: keepsConflictRows)
    return attributes
  }
}
