import Logging

/// The parts of one log line, and its two forms.
struct LogLine {
  let time: String
  let level: Logger.Level
  let label: String
  let message: String
  let metadata: [(String, String)]

  var text: String {
    var line = "\(time) \(level.rawValue) \(label): \(Self.oneLine(message))"
    for (key, value) in metadata {
      let needsQuotes = value.isEmpty || value.utf8.contains { $0 <= 0x20 || $0 == UInt8(ascii: "\"") }
      line += " \(key)=" + (needsQuotes ? Self.quoted(value) : value)
    }
    return line
  }

  var json: String {
    var line = "{\"time\":\(Self.quoted(time)),\"level\":\(Self.quoted(level.rawValue))"
    line += ",\"logger\":\(Self.quoted(label)),\"message\":\(Self.quoted(message))"
    for (key, value) in metadata where !["time", "level", "logger", "message"].contains(key) {
      line += ",\(Self.quoted(key)):\(Self.quoted(value))"
    }
    return line + "}"
  }

  /// A message with line breaks must not look like several messages.
  private static func oneLine(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 < 0x20 }) else { return text }
    return String(text.unicodeScalars.map { $0.value < 0x20 ? " " : Character($0) })
  }

  private static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case "\u{00}"..<"\u{20}": out += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}
