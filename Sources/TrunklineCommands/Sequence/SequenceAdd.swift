import ArgumentParser
import TableReplication
import TableStructure

/// `trunkline sequence add`
struct SequenceAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Bring sequences into a set, or keep sequences of a set on this node.",
    discussion: """
      On the root they become part of the set, and a value ahead of their own is published. Elsewhere they are set to the value that was
      published last. `table add` brings along the sequences that columns own.

      EXAMPLE
        trunkline sequence add --db dbname=report public.invoice_number --create-full
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var set: SetOptions
  @OptionGroup var dryRun: DryRunOptions
  @OptionGroup var output: OutputOptions

  @Argument(help: "Sequences; * and ? stand for all that fit.")
  var sequences: [String] = []

  @Flag(help: "All that are missing.")
  var all = false

  @Flag(help: "Make a sequence that is not here as it is on the provider.")
  var create = false

  @Flag(help: "The same, with owner, privileges and comment.")
  var createFull = false

  @Flag(help: "Leave out sequences that do not exist here.")
  var skipNonExisting = false

  func validate() throws {
    guard all == sequences.isEmpty else { throw ValidationError("Give either sequences or --all.") }
    guard !create || !createFull else { throw ValidationError("Give either --create or --create-full.") }
  }

  func run() async throws {
    let names = all ? nil : try SetOptions.names(sequences)
    let scope: CreationPlan.Scope? = createFull ? .full : create ? .columns : nil
    try await set.withSet(connection) { set in
      try await SetReport.print(set, output) { report in
        try await set.addSequences(
          names, creation: scope, skipsMissing: skipNonExisting, isDry: dryRun.dryRun, report: report)
      }
    }
  }
}
