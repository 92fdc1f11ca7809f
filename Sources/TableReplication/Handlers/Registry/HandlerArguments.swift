package import EventFormats

/// The arguments that a handler was given, each known to it.
package struct HandlerArguments: Sendable, Equatable {
  private let handler: String
  private let values: [String: String]

  /// - Throws: ``HandlerError`` for an argument that the handler does not know, or that is there twice.
  package init(_ spec: HandlerSpec, of description: HandlerDescription) throws(HandlerError) {
    handler = spec.name
    var values: [String: String] = [:]
    for argument in spec.arguments {
      guard description.arguments.contains(where: { $0.names.contains(argument.name) }) else {
        let known = description.arguments.flatMap(\.names)
        throw HandlerError(
          "handler \(spec.name) has no argument '\(argument.name)'",
          remedy: known.isEmpty ? "it takes no arguments" : "its arguments are \(known.joined(separator: ", "))")
      }
      guard values.updateValue(argument.value ?? "", forKey: argument.name) == nil else {
        throw HandlerError(
          "handler \(spec.name) was given '\(argument.name)' twice", remedy: "leave one of them out")
      }
    }
    self.values = values
  }

  /// An argument's value under any of its names; `nil` when it was not given.
  package func text(_ names: String...) -> String? { names.lazy.compactMap { values[$0] }.first }

  /// An argument that must be there.
  ///
  /// - Throws: ``HandlerError`` when it is not.
  package func required(_ name: String, _ other: String? = nil) throws(HandlerError) -> String {
    guard let value = values[name] ?? other.flatMap({ values[$0] }), !value.isEmpty else {
      throw HandlerError("handler \(handler) needs the argument \(name)", remedy: "give it: --handler-arg \(name)=...")
    }
    return value
  }

  /// 0 or 1; not given: `false`.
  ///
  /// - Throws: ``HandlerError`` for anything else.
  package func flag(_ name: String) throws(HandlerError) -> Bool {
    switch values[name] {
    case nil, "0": return false
    case "1": return true
    case let text?: throw wrong(name, text, "0 or 1")
    }
  }

  /// One of some words.
  ///
  /// - Throws: ``HandlerError`` for another word.
  package func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, default fallback: Choice
  ) throws(HandlerError) -> Choice where Choice.RawValue == String {
    guard let text = values[name] else { return fallback }
    guard let choice = Choice(rawValue: text) else {
      throw wrong(name, text, Choice.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return choice
  }

  /// A name of a table or function.
  ///
  /// - Throws: ``HandlerError`` when it is none.
  package func name(_ argument: String) throws(HandlerError) -> QualifiedName? {
    guard let text = values[argument] else { return nil }
    do { return try QualifiedName(parsing: text) } catch {
      throw HandlerError(
        "handler \(handler): \(argument)=\(text) is no name of SQL (\(error.problem))",
        remedy: "write schema.name")
    }
  }

  /// Says that an argument's value is none of what it may be.
  package func wrong(_ name: String, _ text: String, _ possible: String) -> HandlerError {
    HandlerError("handler \(handler): \(name)=\(text) is not possible", remedy: "\(name) may be \(possible)")
  }
}
