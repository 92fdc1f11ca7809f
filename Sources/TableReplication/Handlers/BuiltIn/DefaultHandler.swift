package import EventFormats

/// `londiste`: the table follows the changes.
package struct DefaultHandler: TableHandler {
  package static let description = HandlerDescription(
    ["londiste", "default"], "The table follows the changes. What a table has that names no handler.",
    [
      .init("ignore_truncate", text: "1: a TRUNCATE at the source does not empty the table here (0)"),
      .init("encoding", text: EncodingRule.text),
    ])

  package let destination: QualifiedName
  private let ignoresTruncate: Bool
  private let encoding: EncodingRule

  package init(_ context: HandlerContext, _ arguments: HandlerArguments) throws(HandlerError) {
    destination = context.destination
    ignoresTruncate = try arguments.flag("ignore_truncate")
    encoding = try EncodingRule(arguments)
  }

  package var isPassThrough: Bool { !ignoresTruncate && !encoding.isWanted }

  package var copy: CopyRule { encoding.rule(CopyRule()) }

  package func handle(_ event: HandledEvent) throws -> [HandlerAction] {
    let change = encoding.repaired(try event.change())
    guard change.operation == .truncate else { return [.write(RowWrite(change, into: destination))] }
    return ignoresTruncate ? [] : [.truncate(destination)]
  }
}
