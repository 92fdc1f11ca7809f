import Foundation

/// The `trunkline` executable of this build, run as users run it.
public enum TrunklineProgram {
  /// Where it is: `TRUNKLINE_BIN`, else this very program, else beside the running test bundle.
  public static var path: String {
    if let path = ProcessInfo.processInfo.environment["TRUNKLINE_BIN"], !path.isEmpty { return path }
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    let file = URL(filePath: own)
    return file.lastPathComponent == "trunkline"
      ? file.path : file.deletingLastPathComponent().appending(path: "trunkline").path
  }

  /// `trunkline` with these arguments, not started.
  public static func command(
    _ arguments: [String], environment: [String: String] = [:], input: String? = nil
  ) -> Program {
    Program([path] + arguments, environment: environment, input: input)
  }
}
