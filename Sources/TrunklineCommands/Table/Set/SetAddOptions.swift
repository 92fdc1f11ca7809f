import ArgumentParser
import ServiceRuntime
import TableReplication
import TableStructure

/// How a table comes into a set.
struct SetAddOptions: ParsableArguments {
  @Flag(help: "In a set: make the table here if it is missing: columns, NOT NULL, primary key.")
  var create = false

  @Flag(
    help: """
      In a set: make the table here if it is missing, with types, defaults, sequences, constraints, indexes, partitions, triggers, \
      policies, privileges, owner and comments.
      """)
  var createFull = false

  @Option(help: "In a set: name of the table here, if it is another one.")
  var destTable: String?

  @Flag(help: "In a set: the rows are here already; copy nothing.")
  var expectSync = false

  @Flag(help: "In a set: leave in the table what is there when it is copied, now and later.")
  var skipTruncate = false

  @OptionGroup var copy: CopySourceOptions

  @Flag(help: "In a set, on a leaf: replicate the table from every queue that feeds the combined one.")
  var mergeAll = false

  @Flag(help: "In a set, on a leaf: replicate the table from this queue only.")
  var noMerge = false

  @Option(help: "In a set: how many copies may fill the table at the same time. Default: 8.")
  var maxParallelCopy: Int?

  @Flag(help: "In a set: do not bring along the sequences of the table's columns.")
  var noSequences = false

  @Flag(help: "In a set: leave out tables that do not exist here or at the source.")
  var skipNonExisting = false

  @Flag(help: "In a set: take names that are not among those missing, such as partitions.")
  var force = false

  @Flag(
    help: "In a set: wait until all tables of this node are in sync; before one is made, until its example is whole.")
  var waitSync = false

  @Option(help: "With --wait-sync: give up after this time. Default: never.")
  var timeout: DurationArgument?

  /// How long to wait for others.
  fileprivate var patience: Duration { timeout.patience }

  func validate() throws {
    guard !create || !createFull else { throw ValidationError("Give either --create or --create-full.") }
    guard !mergeAll || !noMerge else { throw ValidationError("Give either --merge-all or --no-merge.") }
    guard maxParallelCopy ?? 1 > 0 else { throw ValidationError("--max-parallel-copy is at least 1.") }
  }

  /// Options that were given; they mean something in sets only.
  var given: [String] {
    [
      ("--create", create), ("--create-full", createFull), ("--dest-table", destTable != nil),
      ("--expect-sync", expectSync), ("--skip-truncate", skipTruncate), ("--copy-node", copy.copyNode != nil),
      ("--find-copy-node", copy.findCopyNode), ("--merge-all", mergeAll), ("--no-merge", noMerge),
      ("--max-parallel-copy", maxParallelCopy != nil), ("--no-sequences", noSequences),
      ("--skip-non-existing", skipNonExisting), ("--force", force), ("--wait-sync", waitSync),
    ].filter(\.1).map(\.0)
  }

  func complete(_ options: TableOptions) throws -> TableOptions {
    var options = options
    options.creation = createFull ? .full : create ? .columns : nil
    options.destination = try destTable.map { try SetOptions.names([$0]) }?.first
    options.expectsSync = expectSync
    options.skipsTruncate = skipTruncate
    options.copySource = copy.source
    options.merge = mergeAll ? .all : noMerge ? TableOptions.Merge.none : nil
    options.maxParallelCopy = maxParallelCopy
    options.addsSequences = !noSequences
    options.skipsMissing = skipNonExisting
    options.isForced = force
    if waitSync { options.patience = patience }
    return options
  }
}

extension ReplicationSet {
  /// Waits until the tables of the node are in sync, and tells on standard error how far it is.
  func waitShowingProgress(_ timeout: DurationArgument?) async throws {
    try await waitUntilInSync(patience: timeout.patience) { inSync, total in
      StandardStreams.writeError("\(inSync) of \(total) tables in sync\n")
    }
  }
}

extension DurationArgument? {
  /// The time; a century is for ever.
  fileprivate var patience: Duration { self?.duration ?? .seconds(3_000_000_000) }
}
