import Foundation

/// Memory of this process that is in use now, in bytes.
func residentMemory() -> Int {
  let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
  let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
  return (line.flatMap { Int($0.filter(\.isNumber)) } ?? 0) * 1024
}
