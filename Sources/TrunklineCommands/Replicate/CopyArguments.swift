import ArgumentParser
import TableReplication

/// How tables are copied.
struct CopyArguments: ParsableArguments {
  @Option(help: "Of copies: transfers and index builds at the same time. Default: 2.")
  var jobs: Int?

  @Option(help: "Of copies: bytes a second that may go over, for example 20MB. Default: no limit.")
  var maxRate: ByteCountArgument?

  @Option(help: "Of copies: memory for each index build, as PostgreSQL's maintenance_work_mem: 512MB, 2GB.")
  var maintenanceWorkMem: String?

  @Option(
    help: "Of copies: size of the parts that are copied in one transaction, what a kill loses at most. Default: 64MB."
  )
  var pieceSize: ByteCountArgument?

  @Option(help: "Of copies: size of tables from which on indexes are taken off while rows come in. Default: 8MB.")
  var parkFrom: ByteCountArgument?

  @Flag(help: "Print what copies do as lines of JSON.")
  var copyJson = false

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1") }
  }

  var isUsed: Bool {
    jobs != nil || maxRate != nil || maintenanceWorkMem != nil || pieceSize != nil || parkFrom != nil || copyJson
  }

  var options: CopyOptions {
    var options = CopyOptions()
    options.jobs = jobs ?? options.jobs
    options.maximumRate = maxRate?.bytes
    options.maintenanceMemory = maintenanceWorkMem
    options.pieceBytes = pieceSize?.bytes ?? options.pieceBytes
    options.parkingThreshold = parkFrom?.bytes ?? options.parkingThreshold
    return options
  }
}
