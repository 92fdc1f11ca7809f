import ArgumentParser

/// `trunkline table ...`
struct TableGroup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "table",
    abstract: "Capture the changes of tables, look after the captures, and compare tables.",
    subcommands: [
      TableAdd.self, TableRemove.self, TableList.self, TableCheck.self, TableCompare.self, TableRestore.self,
      TableHandlers.self,
    ])
}
