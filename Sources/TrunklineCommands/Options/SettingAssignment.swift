import ArgumentParser

/// `name=value` on the command line; `name=` goes back to the default.
struct SettingAssignment: ExpressibleByArgument, Sendable {
  let name: String
  /// Nil for the default.
  let value: String?

  init(name: String, value: String?) {
    self.name = name
    self.value = value
  }

  init?(argument: String) {
    guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else { return nil }
    name = String(argument[..<equals])
    let text = argument[argument.index(after: equals)...]
    value = text.isEmpty ? nil : String(text)
  }
}
