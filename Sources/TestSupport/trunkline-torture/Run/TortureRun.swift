import ArgumentParser
import CrashKit
import Foundation

/// The whole: prepare, load with faults, quiet, check, remove.
struct TortureRun: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run producers, tickers and consumers of every kind under faults, then check every event.",
    discussion: """
      Without --db a private server is booted, which is also crashed and restarted. With --db two databases of their own
      (trunkline_torture_...) are created on that server and removed in the end; the server is not restarted, nothing else on
      it is touched, and connections are cut only among those of this program. The role needs CREATEDB and CREATEROLE.

      Everything that is decided by chance follows from the seed: what each transaction does, and which fault comes when. The
      operating system's own timing does not. Exit status: 0: every promise was kept; 1: it was not, and the histories are kept.
      """)

  @Option(help: "How long the load lasts: seconds, or with a unit (90s, 2m, 1h).")
  var duration = "60s"
  @Option(help: "Repeats the decisions of an earlier run.")
  var seed: UInt64?
  @Option(help: "Server to use: libpq connection string or URI, of any database on it.")
  var db: String?
  @Option(help: "Number of producers.")
  var producers = 4
  @Option(help: "Directory for the histories; removed in the end if nothing is wrong. Default: a new one.")
  var directory: String?
  @Option(help: "The trunkline program. Default: the one beside this program.")
  var trunkline: String?
  @Option(help: "SQL file that is run after the installation: to see that the kit finds what it breaks.")
  var sabotage: String?
  @Flag(help: "Leave databases and histories in place (not a private server).")
  var keep = false
  @Flag(help: "No faults: only the load and the check.")
  var noFaults = false

  func run() async throws {
    let seed = seed ?? UInt64.random(in: 1...999_999)
    let milliseconds = try Self.milliseconds(duration)
    let directory = try makeDirectory(seed)
    print("torture: seed \(seed), \(milliseconds / 1000) s; histories in \(directory)")
    let server = try await TortureServer.prepare(db, seed: seed, sabotage: sabotage)
    let report: TortureReport
    do {
      report = try await torture(server, seed, milliseconds, directory)
    } catch {
      await server.remove(keep: keep)
      throw error
    }
    await server.remove(keep: keep)
    print(report)
    guard report.isGood else {
      print("The histories are in \(directory). Again: --seed \(seed) --duration \(duration)")
      throw ExitCode.failure
    }
    if !keep { try FileManager.default.removeItem(atPath: directory) }
  }

  private func torture(
    _ server: TortureServer, _ seed: UInt64, _ milliseconds: Int, _ directory: String
  ) async throws -> TortureReport {
    let clock = ShiftedClock(directory: directory)
    let cast = Cast(
      server: server, seed: seed, directory: directory, producers: producers, hasLanes: server.hasLanes,
      trunkline: trunkline ?? Cast.path(of: "trunkline"), environment: clock?.environment ?? [:])
    let supervisor = Supervisor(cast: cast, server: server, clock: clock)
    let faults =
      noFaults
      ? []
      : FaultSchedule(
        seed: seed, duration: milliseconds, roles: cast.roles.count, mayRestartServer: server.isPrivate,
        mayJumpClock: clock != nil
      ).entries
    if clock == nil { print("torture: no clock jumps, as libShiftedClock.so is not beside this program") }
    try await supervisor.load(faults, milliseconds: milliseconds)
    let problems = try await Quiescence(server: server, supervisor: supervisor).reach()
    await supervisor.stopAll()
    let history = try await HistoryReader(directory: directory, server: server, cast: cast).read(seed: seed)
    return await TortureReport(history: history, supervisor: supervisor, problems: problems)
  }

  private func makeDirectory(_ seed: UInt64) throws -> String {
    let path =
      directory
      ?? FileManager.default.temporaryDirectory.appending(
        path: "trunkline-torture-\(seed)-\(ProcessInfo.processInfo.processIdentifier)"
      ).path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    guard try FileManager.default.contentsOfDirectory(atPath: path).isEmpty else {
      throw ValidationError("\(path) is not empty")
    }
    return path
  }

  static func milliseconds(_ text: String) throws -> Int {
    let digits = text.prefix { $0.isNumber }
    let factors = ["": 1000, "s": 1000, "m": 60_000, "h": 3_600_000]
    guard let number = Int(digits), let factor = factors[String(text.dropFirst(digits.count))], number > 0 else {
      throw ValidationError("--duration \(text): a number, then s, m or h")
    }
    return number * factor
  }
}
