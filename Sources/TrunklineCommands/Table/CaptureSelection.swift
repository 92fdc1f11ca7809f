import ArgumentParser
import TableReplication

/// Which tables a command captures.
struct CaptureSelection: ParsableArguments {
  @Argument(help: "Tables, written as in SQL: public.t, \"Odd Name\".")
  var tables: [String] = []

  @Flag(help: "All tables that the queue does not capture yet, partitioned ones as a whole; limited by --schema.")
  var all = false

  @Option(help: "With --all: only schemas of this name; * and ? stand for other characters. Repeat for several.")
  var schema: [String] = []

  func validate() throws {
    guard all == tables.isEmpty else { throw ValidationError("Give either tables or --all.") }
    guard all || schema.isEmpty else { throw ValidationError("--schema goes with --all.") }
  }

  /// The tables as SQL writes them.
  func resolve(_ registry: CaptureRegistry) async throws -> [String] {
    all ? try await registry.candidates(schemas: schema) : tables
  }
}
