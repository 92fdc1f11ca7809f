import Foundation
import StatusModel

/// Colours, on terminals only.
struct TextStyle: Sendable {
  let isColoured: Bool

  /// For standard output: colours on a terminal, unless NO_COLOR or a dumb terminal forbids them (https://no-color.org).
  static var standardOutput: TextStyle {
    let environment = ProcessInfo.processInfo.environment
    return TextStyle(
      isColoured: isatty(STDOUT_FILENO) == 1 && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    )
  }

  func bold(_ text: String) -> String { wrapped(text, "1") }

  func faint(_ text: String) -> String { wrapped(text, "2") }

  /// Red for errors, yellow for warnings, blue for notices.
  func severity(_ text: String, _ severity: Finding.Severity) -> String {
    switch severity {
    case .error: wrapped(text, "1;31")
    case .warning: wrapped(text, "33")
    case .notice: wrapped(text, "34")
    }
  }

  func good(_ text: String) -> String { wrapped(text, "32") }

  private func wrapped(_ text: String, _ code: String) -> String {
    isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
