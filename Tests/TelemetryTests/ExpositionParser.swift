/// Reads Prometheus' text format as strictly as it is described, to check what is written.
struct ExpositionParser {
  struct Sample: Equatable {
    var name: String
    var labels: [String: String]
    var value: Double
  }

  struct Problem: Error { var line: String, reason: String }

  private(set) var types: [String: String] = [:]
  private(set) var help: [String: String] = [:]
  private(set) var samples: [Sample] = []

  init(_ text: String) throws {
    var finished: Set<String> = []
    var current = ""
    guard text.isEmpty || text.hasSuffix("\n") else { throw Problem(line: text, reason: "no newline at the end") }
    for line in text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init) {
      if line.hasPrefix("# ") {
        let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
        guard words.count == 4 else { throw Problem(line: line, reason: "comment") }
        if current != words[2] {
          guard finished.insert(words[2]).inserted else { throw Problem(line: line, reason: "family is split") }
          current = words[2]
        }
        if words[1] == "HELP" {
          help[words[2]] = try Self.unescaped(words[3], line)
        } else {
          types[words[2]] = words[3]
        }
        continue
      }
      let sample = try Self.sample(line)
      let family = Self.family(sample.name, types)
      guard family == current else { throw Problem(line: line, reason: "sample outside its family") }
      if samples.contains(where: { $0.name == sample.name && $0.labels == sample.labels }) {
        throw Problem(line: line, reason: "twice")
      }
      samples.append(sample)
    }
  }

  func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
    samples.first { $0.name == name && $0.labels == labels }?.value
  }

  private static func family(_ name: String, _ types: [String: String]) -> String {
    for suffix in ["_bucket", "_sum", "_count"] where name.hasSuffix(suffix) {
      let base = String(name.dropLast(suffix.count))
      if types[base] == "histogram" { return base }
    }
    return name
  }

  private static func sample(_ line: String) throws -> Sample {
    var rest = Substring(line)
    let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ":") }
    rest = rest.dropFirst(name.count)
    guard !name.isEmpty, name.first?.isNumber == false else { throw Problem(line: line, reason: "name") }
    var labels: [String: String] = [:]
    if rest.first == "{" {
      rest.removeFirst()
      while rest.first != "}" {
        let label = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        rest = rest.dropFirst(label.count)
        guard !label.isEmpty, rest.unicodeScalars.starts(with: "=\"".unicodeScalars) else {
          throw Problem(line: line, reason: "label")
        }
        var value = String.UnicodeScalarView()
        var scalars = rest.unicodeScalars.dropFirst(2)
        while let scalar = scalars.popFirst(), scalar != "\"" {
          value.append(scalar)
          if scalar == "\\", let next = scalars.popFirst() { value.append(next) }
        }
        rest = Substring(scalars)
        guard labels[String(label)] == nil else { throw Problem(line: line, reason: "label twice") }
        labels[String(label)] = try unescaped(String(value), line)
        if rest.first == "," { rest.removeFirst() }
        guard !rest.isEmpty else { throw Problem(line: line, reason: "no }") }
      }
      rest.removeFirst()
    }
    guard rest.first == " ", let value = number(rest.dropFirst()) else { throw Problem(line: line, reason: "value") }
    return Sample(name: String(name), labels: labels, value: value)
  }

  private static func number(_ text: Substring) -> Double? {
    switch text {
    case "+Inf": .infinity
    case "-Inf": -.infinity
    case "NaN": .nan
    default: Double(text)
    }
  }

  private static func unescaped(_ text: String, _ line: String) throws -> String {
    var out = String.UnicodeScalarView()
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      guard scalar == "\\" else {
        out.append(scalar)
        continue
      }
      switch rest.popFirst() {
      case "\\": out.append("\\")
      case "\"": out.append("\"")
      case "n": out.append("\n")
      default: throw Problem(line: line, reason: "escape")
      }
    }
    return String(out)
  }
}
