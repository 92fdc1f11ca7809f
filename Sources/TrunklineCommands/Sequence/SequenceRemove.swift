import ArgumentParser
import TableReplication

/// `trunkline sequence remove`
struct SequenceRemove: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Leave sequences of a set to themselves on this node; on the root take them out of the set.",
    discussion: """
      EXAMPLE
        trunkline sequence remove --db dbname=shop public.invoice_number
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var set: SetOptions
  @OptionGroup var dryRun: DryRunOptions
  @OptionGroup var output: OutputOptions

  @Argument(help: "Sequences; * and ? stand for all that fit.")
  var sequences: [String] = []

  @Flag(help: "All that are kept here.")
  var all = false

  func validate() throws {
    guard all == sequences.isEmpty else { throw ValidationError("Give either sequences or --all.") }
  }

  func run() async throws {
    let names = all ? nil : try SetOptions.names(sequences)
    try await set.withSet(connection) { set in
      try await SetReport.print(set, output) { report in
        try await set.removeSequences(names, isDry: dryRun.dryRun, report: report)
      }
    }
  }
}

/// `trunkline sequence list`
struct SequenceList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show the sequences of a set, and the value that was published last.",
    discussion: """
      EXAMPLE
        trunkline sequence list --db dbname=shop
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var set: SetOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let sequences = try await set.withSet(connection) { try await $0.sequences() }
    try output.print(sequences) { sequences in
      var table = TextTable(["sequence", "kept here", "published"], rightAligned: [2])
      for sequence in sequences { table.add([sequence.name, sequence.isLocal ? "yes" : "", "\(sequence.published)"]) }
      return table.text
    }
  }
}

/// `trunkline sequence missing`
struct SequenceMissing: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "missing", abstract: "Show sequences that could be added to a set on this node.",
    discussion: """
      EXAMPLE
        trunkline sequence missing --db dbname=report
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var set: SetOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let names = try await set.withSet(connection) { try await $0.missing().sequences }
    try output.print(names) { $0.map { $0 + "\n" }.joined() }
  }
}
