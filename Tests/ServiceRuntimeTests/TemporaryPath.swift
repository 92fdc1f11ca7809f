import Foundation

/// A path that does not exist yet, in a directory for temporary files.
func temporaryPath() -> String {
  FileManager.default.temporaryDirectory.appending(path: "trunkline-\(UUID().uuidString)").path
}
