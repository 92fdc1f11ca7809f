import CrashKit
import Foundation
import PostgresTesting

/// Who takes part, and how each is started.
struct Cast: Sendable {
  struct Role: Sendable {
    /// Of its histories, too: `NAME.INSTANCE`.
    let name: String
    let arguments: [String]
    /// The registered consumer that it works for, if any.
    var consumer: String?
    /// Only one producer may write a key; of all others a second process may come.
    var mayBeDoubled = true
    var isTicker = false
  }

  let roles: [Role]
  private let directory: String
  private let programs: (own: String, trunkline: String)
  private let common: [String]
  private let environment: [String: String]

  init(
    server: TortureServer, seed: UInt64, directory: String, producers: Int, hasLanes: Bool, trunkline: String,
    environment: [String: String]
  ) {
    self.directory = directory
    self.environment = environment
    programs = (Self.path(of: "trunkline-torture"), trunkline)
    common = [
      "--db", server.database, "--queue", TortureServer.queue, "--seed", "\(seed)", "--directory", directory,
    ]
    var roles = (1...max(1, producers)).map {
      Role(name: "producer-\($0)", arguments: ["producer", "--number", "\($0)"], mayBeDoubled: false)
    }
    let ticker = [
      "ticker", "--db", server.database, "--maint-period", "1s", "--retry-period", "200ms", "--standby-period", "500ms",
    ]
    roles += (1...2).map { Role(name: "ticker-\($0)", arguments: ticker, isTicker: true) }
    func consumer(_ name: String, _ arguments: [String], as process: String? = nil) -> Role {
      Role(
        name: process ?? name, arguments: [arguments[0], "--consumer", name] + arguments.dropFirst(), consumer: name)
    }
    roles += [
      consumer("reader", ["consumer"]),
      consumer("retrier", ["consumer", "--retries"]),
      consumer("effect", ["effect"]),
      consumer("mirror", ["effect", "--target", server.target]),
      consumer("receiver", ["receiver"]),
    ]
    roles += (1...3).map { consumer("group", ["consumer", "--member", "m\($0)"], as: "group-m\($0)") }
    if hasLanes {
      roles += (1...3).map { consumer("lanes", ["receiver", "--failures", "--member", "m\($0)"], as: "lanes-m\($0)") }
    }
    self.roles = roles
  }

  /// A program beside this one.
  static func path(of program: String) -> String {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    return URL(filePath: own).deletingLastPathComponent().appending(path: program).path
  }

  func program(_ role: Role, instance: Int) -> Program {
    role.isTicker
      ? Program([programs.trunkline] + role.arguments, environment: environment)
      : Program(
        [programs.own, role.arguments[0]] + common + ["--history", "\(role.name).\(instance)"]
          + role.arguments.dropFirst(), environment: environment)
  }
}
