import ArgumentParser

/// `trunkline table ...`
struct TableGroup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "table",
    abstract: "Capture the changes of tables, look after tables of sets; compare, repair and verify copies.",
    subcommands: [
      TableAdd.self, TableRemove.self, TableList.self, TableMissing.self, TableResync.self, TableWaitSync.self,
      TableChangeHandler.self, TableCheck.self, TableForeignKeys.self, TableCompare.self, TableRepairCommand.self,
      TableVerify.self, TableRestore.self, TableHandlers.self,
    ])
}
