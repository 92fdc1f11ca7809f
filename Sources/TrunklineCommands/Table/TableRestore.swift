import ArgumentParser
import EventFormats
import PostgresClient
import ServiceRuntime
import TableReplication

/// `trunkline table restore`
struct TableRestore: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Put back indexes, constraints, foreign keys and triggers that copies took off tables.",
    discussion: """
      A copy keeps what it takes off a target table in trunkline.parked_ddl, and puts it back when it is done; killed, it
      goes on when its worker is started again. This is for copies that nobody will finish, and for what could not be put
      back because rows contradicted it. Do not run it while the table is being copied: it would be slow, but not wrong.
      Exit status 2 when something is still parked.

      EXAMPLE
        trunkline table restore --db dbname=warehouse --dry-run
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var dryRun: DryRunOptions
  @OptionGroup var output: OutputOptions

  @Argument(help: "Tables, written as in SQL. Default: all.")
  var tables: [String] = []

  @Option(help: "Memory for each index build, as PostgreSQL's maintenance_work_mem: 512MB, 2GB.")
  var maintenanceWorkMem: String?

  func run() async throws {
    let wanted = Set(try tables.map { try QualifiedName(parsing: $0) }.map(Self.qualified))
    var results: [Row] = []
    try await connection.withConnection { target in
      let parked = try await ParkingLot.list(target).filter { wanted.isEmpty || wanted.contains($0.table) }
      // Foreign keys need the keys that they refer to.
      for object in parked.filter({ $0.kind != .foreignKey }) + parked.filter({ $0.kind == .foreignKey }) {
        var row = Row(object)
        if !dryRun.dryRun {
          var restore = ParkingRestore()
          restore.memory = maintenanceWorkMem
          row.error = try await restore.restore(object, target)
          row.result = row.error == nil ? "restored" : "failed"
        }
        results.append(row)
      }
    }
    try output.print(results, text: dryRun.dryRun ? Self.script : Self.lines)
    let failed = results.filter { $0.result == "failed" }.count
    if failed > 0 {
      throw CommandError(
        "\(failed) of \(results.count) could not be put back", hint: "mend the rows that are in the way, and repeat",
        exitCode: .differences)
    }
  }

  private static func qualified(_ name: QualifiedName) -> QualifiedName {
    name.schema == nil ? (try? QualifiedName(schema: "public", name: name.name.name)) ?? name : name
  }

  static func script(_ rows: [Row]) -> String { rows.flatMap(\.sql).map { "\($0);\n" }.joined() }

  static func lines(_ rows: [Row]) -> String {
    rows.map { "\($0.kind) \($0.object) of \($0.table): \($0.result)\($0.error.map { ": \($0)" } ?? "")\n" }.joined()
  }

  /// One parked object, for printing.
  struct Row: Encodable {
    var table: String
    var object: String
    var kind: String
    var result = "planned"
    var sql: [String]
    var error: String?

    init(_ object: ParkedObject) {
      table = object.table.quoted
      self.object = SQLIdentifier.quote(object.name)
      kind = object.kind.rawValue
      sql = object.statements
      error = object.error
    }
  }
}
