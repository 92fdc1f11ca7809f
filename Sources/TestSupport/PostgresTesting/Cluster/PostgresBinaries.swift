import Foundation

/// One installed PostgreSQL: where its programs are, and its major version.
public struct PostgresBinaries: Sendable, Hashable {
  /// The directory with `initdb`, `postgres`, `psql`, ...
  public let directory: String

  /// The installation in `directory`.
  /// - Throws: `ClusterError` when there is no `postgres` and `initdb`.
  public init(directory: String) throws {
    for program in ["postgres", "initdb"] where !FileManager.default.isExecutableFile(atPath: "\(directory)/\(program)")
    {
      throw ClusterError("no \(program) in \(directory): install a PostgreSQL server or set TRUNKLINE_PG_BIN")
    }
    self.directory = directory
  }

  /// Path of one of its programs.
  public func path(_ program: String) -> String { "\(directory)/\(program)" }

  /// The installation to use: `TRUNKLINE_PG_BIN`, else the newest in `/usr/lib/postgresql`, else what `pg_config` names.
  /// - Throws: `ClusterError` that says what to install.
  public static func installed() throws -> PostgresBinaries {
    if let directory = ProcessInfo.processInfo.environment["TRUNKLINE_PG_BIN"], !directory.isEmpty {
      return try PostgresBinaries(directory: directory)
    }
    let root = "/usr/lib/postgresql"
    let majors = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap(Int.init)
    for major in majors.sorted(by: >) {
      if let found = try? PostgresBinaries(directory: "\(root)/\(major)/bin") { return found }
    }
    for directory in (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":") {
      guard FileManager.default.isExecutableFile(atPath: "\(directory)/pg_config") else { continue }
      let process = Process()
      process.executableURL = URL(filePath: "\(directory)/pg_config")
      process.arguments = ["--bindir"]
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      return try PostgresBinaries(directory: text.trimmingCharacters(in: .whitespacesAndNewlines))
    }
    throw ClusterError("no PostgreSQL server found: run `make deps`, or set TRUNKLINE_PG_BIN to its bin directory")
  }
}
