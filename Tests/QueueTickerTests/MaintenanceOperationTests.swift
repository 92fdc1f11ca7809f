import EventFormats
import QueueTicker
import Testing

@Suite struct MaintenanceOperationTests {
  @Test func functionsAndTables() throws {
    #expect(
      try MaintenanceOperation(function: "pgq.maint_rotate_tables_step1", argument: "my queue")
        == .function(QualifiedName(schema: "pgq", name: "maint_rotate_tables_step1"), argument: "my queue"))
    #expect(
      try MaintenanceOperation(function: "vacuum", argument: "pgq.tick")
        == .vacuum(table: QualifiedName(schema: "pgq", name: "tick"), analyze: false))
    #expect(
      try MaintenanceOperation(function: "VACUUM ANALYZE", argument: "pgq.tick")
        == .vacuum(table: QualifiedName(schema: "pgq", name: "tick"), analyze: true))
  }

  @Test(arguments: ["pg_sleep(1); drop table x", "", "a.b.c"])
  func whatIsNoNameIsRefused(function: String) {
    #expect(throws: FormatError.self) { try MaintenanceOperation(function: function, argument: nil) }
  }
}
