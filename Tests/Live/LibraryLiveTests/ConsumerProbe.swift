import Foundation
import PostgresTesting

/// The program `consumer-probe` of this build, which does with each event what its mode says.
enum ConsumerProbe {
  static func start(_ mode: String, _ database: String, _ target: String) throws -> RunningProgram {
    let beside = URL(filePath: TrunklineProgram.path).deletingLastPathComponent()
    return try Program([
      beside.appending(path: "consumer-probe").path, mode, "\(database) application_name=consumer-probe",
      "\(target) application_name=consumer-probe",
    ]).start()
  }
}
