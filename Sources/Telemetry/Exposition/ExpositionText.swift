/// Writes metrics in Prometheus' text format, version 0.0.4.
package enum ExpositionText {
  /// The content type of the text.
  package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  /// All families; those of one name are written together, as the format demands.
  package static func write(_ families: [MetricFamily]) -> String {
    var order: [String] = []
    var byName: [String: MetricFamily] = [:]
    for family in families {
      if byName[family.definition.name] == nil {
        order.append(family.definition.name)
        byName[family.definition.name] = family
      } else {
        byName[family.definition.name]?.samples += family.samples
      }
    }
    var text = ""
    for family in order.compactMap({ byName[$0] }) where !family.samples.isEmpty { append(family, to: &text) }
    return text
  }

  private static func append(_ family: MetricFamily, to text: inout String) {
    let name = family.definition.name
    text += "# HELP \(name) \(escaped(family.definition.help, quotes: false))\n"
    text += "# TYPE \(name) \(family.definition.kind.rawValue)\n"
    for (labels, value) in family.samples {
      switch value {
      case .number(let number): text += "\(name)\(braces(labels)) \(Self.number(number))\n"
      case .histogram(let histogram):
        var total: UInt64 = 0
        for (bound, count) in zip(histogram.bounds + [.infinity], histogram.counts) {
          total += count
          text += "\(name)_bucket\(braces(labels + [("le", Self.number(bound))])) \(total)\n"
        }
        text += "\(name)_sum\(braces(labels)) \(Self.number(histogram.sum))\n"
        text += "\(name)_count\(braces(labels)) \(total)\n"
      }
    }
  }

  private static func braces(_ labels: [(String, String)]) -> String {
    guard !labels.isEmpty else { return "" }
    return "{" + labels.map { "\(allowedLabel($0.0))=\"\(escaped($0.1, quotes: true))\"" }.joined(separator: ",") + "}"
  }

  /// Shortest text that reads back as the same number.
  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    if let whole = Int64(exactly: value) { return "\(whole)" }
    return "\(value)"
  }

  static func escaped(_ text: String, quotes: Bool) -> String {
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": out.append(contentsOf: "\\\\".unicodeScalars)
      case "\n": out.append(contentsOf: "\\n".unicodeScalars)
      case "\"" where quotes: out.append(contentsOf: "\\\"".unicodeScalars)
      default: out.append(scalar)
      }
    }
    return String(out)
  }

  /// A name as `[a-zA-Z_:][a-zA-Z0-9_:]*`.
  static func allowedName(_ text: String) -> String { allowed(text) { $0 == ":" } }

  /// A name as `[a-zA-Z_][a-zA-Z0-9_]*`.
  static func allowedLabel(_ text: String) -> String { allowed(text) { _ in false } }

  private static func allowed(_ text: String, _ isExtra: (Unicode.Scalar) -> Bool) -> String {
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let isDigit = ("0"..."9").contains(scalar)
      let isLetter = ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_" || isExtra(scalar)
      if isDigit, out.isEmpty { out.append("_") }
      out.append(isDigit || isLetter ? scalar : "_")
    }
    return out.isEmpty ? "_" : String(out)
  }
}
