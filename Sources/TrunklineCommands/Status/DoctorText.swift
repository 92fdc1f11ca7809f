import ServiceRuntime
import StatusModel

/// Findings as people read them.
struct DoctorText {
  private let report: DoctorCommand.Report
  /// The connection string of the command line, for commands to be copied.
  private let database: String?
  private let style: TextStyle
  private let listsPassed: Bool
  private static let width = 110

  init(_ report: DoctorCommand.Report, database: String?, style: TextStyle, listsPassed: Bool) {
    self.report = report
    self.database = database.map { ConnectionText.redacted($0) }
    self.style = style
    self.listsPassed = listsPassed
  }

  var text: String {
    var parts = report.findings.map(finding)
    if listsPassed, !report.passed.isEmpty {
      parts.append(report.passed.map { "\(style.good("ok")): \($0)\n" }.joined())
    }
    if !report.notChecked.isEmpty {
      parts.append(report.notChecked.map { style.faint("not checked: whether \($0)\n") }.joined())
    }
    if !report.unseen.isEmpty {
      parts.append(report.unseen.map { style.faint("not seen: \($0)\n") }.joined())
    }
    parts.append(summary)
    return parts.joined(separator: "\n")
  }

  private func finding(_ finding: Finding) -> String {
    let head = "\(finding.severity.rawValue): \(finding.what)"
    var lines = Self.wrap(head, width: Self.width, indent: "  ")
    lines[0] =
      style.severity(finding.severity.rawValue, finding.severity) + lines[0].dropFirst(finding.severity.rawValue.count)
    if !finding.cause.isEmpty {
      lines += Self.wrap("  cause:  " + finding.cause, width: Self.width, indent: "          ")
    }
    lines += Self.wrap("  remedy: " + finding.remedy, width: Self.width, indent: "          ")
    // commands are never wrapped: they are copied
    lines += finding.commands.map { "          " + style.bold(command($0)) }
    return lines.joined(separator: "\n") + "\n"
  }

  private func command(_ text: String) -> String {
    guard text.hasPrefix("trunkline "), !text.contains("--db"), let database else {
      return text.hasPrefix("trunkline ") ? text : text + ";"
    }
    return "\(text) --db '\(database.replacing("'", with: "'\\''"))'"
  }

  private var summary: String {
    let counts = Finding.Severity.allCases.reversed().compactMap { severity -> String? in
      let number = report.findings.filter { $0.severity == severity }.count
      return number == 0 ? nil : "\(number) \(severity.rawValue)\(number == 1 ? "" : "s")"
    }
    let rest =
      "\(report.passed.count) checks passed"
      + (report.notChecked.isEmpty ? "" : ", \(report.notChecked.count) could not be made")
    return counts.isEmpty
      ? style.good("nothing is wrong in database \(report.database)") + ": \(rest)\n"
      : "database \(report.database): \(counts.joined(separator: ", ")); \(rest)\n"
  }

  /// Breaks at blanks. `indent` begins every line but the first, whose own leading blanks stay.
  static func wrap(_ text: String, width: Int, indent: String) -> [String] {
    let margin = text.prefix { $0 == " " }
    var lines: [String] = []
    var line = String(margin)
    var isEmpty = true
    for word in text.dropFirst(margin.count).split(separator: " ", omittingEmptySubsequences: false) {
      if !isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = indent + word
      } else {
        line += (isEmpty ? "" : " ") + word
      }
      isEmpty = false
    }
    return lines + [line]
  }
}
