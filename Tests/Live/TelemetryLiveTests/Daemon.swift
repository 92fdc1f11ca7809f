import PostgresTesting

/// A daemon in the background, with its HTTP port.
struct Daemon: Sendable {
  let program: RunningProgram
  let port: Int

  /// Starts it on a free port and waits for its announcement.
  static func start(_ arguments: [String]) async throws -> Daemon {
    let program = try TrunklineProgram.command(arguments + ["--metrics-listen", "0"]).start()
    var port: Int?
    try await pollUntil("the announcement of the port") {
      port = program.standardError.firstMatch(of: /http:\/\/127\.0\.0\.1:(\d+)\/metrics/).flatMap { Int($0.1) }
      return port != nil
    }
    return Daemon(program: program, port: port ?? 0)
  }

  func metrics() async throws -> String { try await get("/metrics", port: port).body }

  func value(_ sample: String) async throws -> Double? {
    try await metrics().split(separator: "\n").first { $0.hasPrefix(sample + " ") }
      .flatMap { Double($0.dropFirst(sample.count + 1)) }
  }
}
