package import EventFormats
package import PostgresClient

/// `shard`: the node has the rows of its shard only.
package struct ShardHandler: TableHandler {
  package static let description = HandlerDescription(
    ["shard", "part"],
    """
    The node has only the rows with hash & mask = number, as the one row of its table partconf.conf (shard_nr, \
    shard_mask, shard_count; or part_nr, max_part) says: in the copy, in changes, and in what it passes on. The root's \
    trigger writes the hash into events; where it did not, it is computed here.
    """,
    [
      .init("hash_key", "key", text: "the column whose hash tells the shard; needed unless hashexpr is there"),
      .init("disable_replay", text: "1: no table here; only what is passed on into the queue is filtered (0)"),
      .init("ignore_truncate", text: "1: a TRUNCATE at the source does not empty the table here (0)"),
      .init("encoding", text: EncodingRule.text),
    ] + ShardFilter.arguments)

  package let destination: QualifiedName
  private let ignoresTruncate: Bool, isQueueOnly: Bool
  private let encoding: EncodingRule
  /// The rows of the shard.
  package var filter: ShardFilter

  package init(_ context: HandlerContext, _ arguments: HandlerArguments) throws(HandlerError) {
    destination = context.destination
    ignoresTruncate = try arguments.flag("ignore_truncate")
    isQueueOnly = try arguments.flag("disable_replay")
    encoding = try EncodingRule(arguments)
    filter = try ShardFilter(context, arguments)
  }

  package var rewritesQueue: Bool { true }
  package var need: TableNeed { isQueueOnly ? .nothing : .rows }
  package var triggerArguments: [String] { [filter.triggerArgument] }
  package var copy: CopyRule { encoding.rule(CopyRule(isWanted: !isQueueOnly, condition: filter.condition)) }

  package mutating func start(_ target: PostgresConnection, table: LoadTable?) async throws {
    try await filter.start(target, table: table)
  }

  package mutating func begin(_ batch: HandledBatch) { filter.begin() }

  package mutating func prepare(_ events: [HandledEvent], _ target: PostgresConnection) async throws {
    try await filter.prepare(events, target)
  }

  package func handle(_ event: HandledEvent) throws -> [HandlerAction] {
    if isQueueOnly { return [] }
    let change = encoding.repaired(try event.change())
    if change.operation == .truncate { return ignoresTruncate ? [] : [.truncate(destination)] }
    return try filter.write(change, event, into: destination).map { [.write($0)] } ?? []
  }

  package func passedOn(_ event: HandledEvent) throws -> HandledEvent? {
    if event.isTruncate { return event }
    let (isInside, wasInside) = try filter.membership(event)
    return isInside || wasInside ? event : nil
  }
}

extension ShardFilter {
  /// What the change does to the rows of the shard: a row that leaves it is removed, one that comes in is new; `nil`:
  /// nothing.
  func write(_ change: HandledChange, _ event: HandledEvent, into table: QualifiedName) throws -> RowWrite? {
    let (isInside, wasInside) = try membership(event)
    guard isInside || wasInside else { return nil }
    var write = RowWrite(change, into: table)
    if !isInside {
      write.operation = .delete
      // The row is found by the key that it had.
      let former = change.before ?? change.oldKey ?? []
      write.columns = change.columns.map { column in former.first { $0.name == column.name } ?? column }
      write.oldKey = nil
      write.isSparse = false
    } else if !wasInside {
      write.oldKey = nil
      write.before = nil
    }
    return write
  }
}

extension HandledEvent {
  /// Whether a table was emptied.
  var isTruncate: Bool {
    if type == "R" || type.hasPrefix("R:") { return true }
    return type.utf8.first == UInt8(ascii: "{") && (try? ChangeHeader(parsing: type))?.operation == .truncate
  }
}
