import ArgumentParser

/// For commands that change structure.
struct DryRunOptions: ParsableArguments {
  @Flag(help: "Print the SQL that would run, and change nothing.")
  var dryRun = false
}
