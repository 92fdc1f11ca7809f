/// What people need to know of a handler to use it.
package struct HandlerDescription: Sendable, Equatable {
  /// One argument.
  package struct Argument: Sendable, Equatable {
    /// Its name, and others for the same.
    package var names: [String]
    /// What it says, and what it is when it is not given.
    package var text: String
    package var isRequired: Bool

    package init(_ names: String..., text: String, isRequired: Bool = false) {
      self.names = names
      self.text = text
      self.isRequired = isRequired
    }
  }

  /// Its name, and others for the same.
  package var names: [String]
  /// What it does, in a sentence or two.
  package var summary: String
  package var arguments: [Argument]

  package init(_ names: [String], _ summary: String, _ arguments: [Argument] = []) {
    self.names = names
    self.summary = summary
    self.arguments = arguments
  }

  /// The name under which it is listed.
  package var name: String { names.first ?? "" }
}
