import EventFormats

/// The argument `encoding` of several handlers: text of the source that is no UTF-8 is repaired on its way.
package struct EncodingRule: Sendable, Equatable {
  /// What the argument says, for people.
  package static let text = """
    utf8: bytes that are no valid UTF-8, halves of surrogate pairs too, arrive as U+FFFD; for a source with encoding \
    SQL_ASCII
    """

  package let isWanted: Bool

  package init(_ arguments: HandlerArguments) throws(HandlerError) {
    switch arguments.text("encoding")?.lowercased() {
    case nil: isWanted = false
    case "utf8", "utf-8": isWanted = true
    case let text?: throw arguments.wrong("encoding", text, "utf8")
    }
  }

  /// What is copied, with its text repaired.
  package func rule(_ rule: CopyRule) -> CopyRule {
    var rule = rule
    rule.repairsEncoding = isWanted
    return rule
  }

  /// The change with its text repaired. The event's bytes were repaired when it was read; what remains is NUL, which no
  /// text of PostgreSQL may hold.
  package func repaired(_ change: HandledChange) -> HandledChange {
    guard isWanted else { return change }
    var change = change
    for index in change.columns.indices where change.columns[index].value?.utf8.contains(0) == true {
      change.columns[index].value = change.columns[index].value.map { text in
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\0" ? "\u{fffd}" : $0 }))
      }
    }
    return change
  }
}
