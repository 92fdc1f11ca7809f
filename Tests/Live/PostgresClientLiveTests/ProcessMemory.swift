import Foundation

/// What the system says about this process.
enum ProcessMemory {
  /// Memory in use now, in kB.
  static var resident: Int { status("VmRSS") }

  /// The most memory that was in use at once, in kB.
  static var peak: Int { status("VmHWM") }

  /// Number of open file descriptors.
  static var openFiles: Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.count ?? 0 }

  private static func status(_ name: String) -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("\(name):") }
    return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
  }
}
