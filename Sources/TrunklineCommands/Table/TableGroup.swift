import ArgumentParser

/// `trunkline table ...`
struct TableGroup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "table",
    abstract: "Capture the changes of tables, look after the captures; compare, repair and verify copies.",
    subcommands: [
      TableAdd.self, TableRemove.self, TableList.self, TableCheck.self, TableCompare.self,
      TableRepairCommand.self, TableVerify.self, TableRestore.self,
    ])
}
