package import EventFormats

/// A handler by name with its arguments, as a table's attributes have it: `dispatch(period=month&fields=a%2Cb)`.
package struct HandlerSpec: Sendable, Equatable, CustomStringConvertible {
  package var name: String
  /// Arguments in the order in which they were given; one without value is `nil`.
  package var arguments: [ColumnValue]

  package init(_ name: String, _ arguments: [ColumnValue] = []) {
    self.name = name
    self.arguments = arguments
  }

  /// Reads `name` or `name(urlencoded arguments)`.
  ///
  /// - Throws: ``HandlerError`` when it is neither.
  package init(parsing text: String) throws(HandlerError) {
    let trimmed = text.trimmingBlanks
    guard let open = trimmed.firstIndex(of: "(") else {
      guard !trimmed.isEmpty, !trimmed.contains(")") else { throw Self.malformed(text) }
      self.init(trimmed)
      return
    }
    guard trimmed.last == ")", open > trimmed.startIndex else { throw Self.malformed(text) }
    let inner = trimmed[trimmed.index(after: open)...].dropLast()
    do {
      self.init(String(trimmed[..<open]), try URLEncodedRow.decode(String(inner)))
    } catch {
      throw HandlerError(
        "the arguments of handler '\(text)' do not parse: \(error)",
        remedy: "write name(key=value&key=value), with special characters as %xx")
    }
  }

  /// Puts a handler together from a command line's arguments, each `key=value`.
  ///
  /// - Throws: ``HandlerError`` for an argument without `=`.
  package init(name: String, arguments: [String]) throws(HandlerError) {
    var values: [ColumnValue] = []
    for argument in arguments {
      guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex else {
        throw HandlerError("the handler argument '\(argument)' has no value", remedy: "write it as key=value")
      }
      values.append(ColumnValue(String(argument[..<equals]), String(argument[argument.index(after: equals)...])))
    }
    self.init(name, values)
  }

  /// The form that is stored: `name`, or `name(urlencoded arguments)`.
  package var description: String { arguments.isEmpty ? name : "\(name)(\(URLEncodedRow.encode(arguments)))" }

  private static func malformed(_ text: String) -> HandlerError {
    HandlerError("'\(text)' is no handler", remedy: "write name, or name(key=value&key=value)")
  }
}

extension StringProtocol {
  /// The text without blanks at its begin and end.
  var trimmingBlanks: String {
    let blanks: Set<Character> = [" ", "\t", "\n", "\r"]
    let start = drop { blanks.contains($0) }
    guard let last = start.lastIndex(where: { !blanks.contains($0) }) else { return "" }
    return String(start[...last])
  }

  /// The parts between commas without blanks around them; empty ones are left out.
  var commaSeparated: [String] { split(separator: ",").map(\.trimmingBlanks).filter { !$0.isEmpty } }
}
