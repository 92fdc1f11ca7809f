import Foundation

/// A wall clock for the programs under torture that jumps while they run: a small library (`TestSupport/ShiftedClock`) that
/// is loaded into them adds the seconds that stand in a file. Clocks that cannot jump, which time waits, stay.
struct ShiftedClock: Sendable {
  private let file: String
  private let library: String

  /// Nil where the library was not built.
  init?(directory: String) {
    library = Cast.path(of: "libShiftedClock.so")
    file = "\(directory)/clock"
    guard FileManager.default.fileExists(atPath: library), (try? shift(seconds: 0)) != nil else { return nil }
  }

  var environment: [String: String] { ["LD_PRELOAD": library, "SHIFTED_CLOCK": file] }

  /// Moves the clock of all programs that run or will run, to so many seconds after the real time.
  func shift(seconds: Int) throws {
    let bytes = withUnsafeBytes(of: Int64(seconds)) { Data($0) }
    // In place: the programs have mapped the file.
    if let handle = FileHandle(forUpdatingAtPath: file) {
      try handle.write(contentsOf: bytes)
      try handle.close()
    } else {
      try bytes.write(to: URL(filePath: file))
    }
  }
}
