package import EventFormats

/// `noop`: the table is copied at first, then left alone.
package struct NoopHandler: TableHandler {
  package static let description = HandlerDescription(
    ["noop", "nop"], "The table is copied at first; then its events are ignored. They are passed on to other nodes.")

  package let destination: QualifiedName
  package var need: TableNeed { .table }

  package init(_ context: HandlerContext, _ arguments: HandlerArguments) throws(HandlerError) {
    destination = context.destination
  }

  package func handle(_ event: HandledEvent) throws -> [HandlerAction] { [] }
}

/// `vtable`: the node takes part in the set with a table that it does not have.
package struct VirtualTableHandler: TableHandler {
  package static let description = HandlerDescription(
    ["vtable", "fake_local"],
    "The node need not have the table: nothing is copied, and events are ignored. They are passed on to other nodes.")

  package let destination: QualifiedName
  package var need: TableNeed { .nothing }
  package var triggerArguments: [String] { ["virtual_table"] }
  package var copy: CopyRule { CopyRule(isWanted: false) }

  package init(_ context: HandlerContext, _ arguments: HandlerArguments) throws(HandlerError) {
    destination = context.destination
  }

  package func handle(_ event: HandledEvent) throws -> [HandlerAction] { [] }
}

/// `qtable`: rows that are inserted go into the queue only.
package struct QueueTableHandler: TableHandler {
  package static let description = HandlerDescription(
    ["qtable"],
    """
    For the root: rows that are inserted into the table go into the queue and not into the table, which stays empty. On \
    other nodes the table's events are ignored.
    """)

  package let destination: QualifiedName
  package var need: TableNeed { .table }
  package var triggerArguments: [String] { ["tgflags=BI", "SKIP", "expect_sync"] }
  package var copy: CopyRule { CopyRule(isWanted: false) }

  package init(_ context: HandlerContext, _ arguments: HandlerArguments) throws(HandlerError) {
    destination = context.destination
  }

  package func handle(_ event: HandledEvent) throws -> [HandlerAction] { [] }
}

/// `qsplitter`: a table's events go into another queue of the node.
package struct QueueSplitterHandler: TableHandler {
  package static let description = HandlerDescription(
    ["qsplitter"],
    "The table's events go into another queue of the node, with all their fields. The node need not have the table.",
    [.init("queue", text: "the queue", isRequired: true)])

  package let destination: QualifiedName
  private let queue: String
  package var need: TableNeed { .nothing }
  package var triggerArguments: [String] { ["virtual_table"] }
  package var copy: CopyRule { CopyRule(isWanted: false) }

  package init(_ context: HandlerContext, _ arguments: HandlerArguments) throws(HandlerError) {
    destination = context.destination
    queue = try arguments.required("queue")
  }

  package func handle(_ event: HandledEvent) throws -> [HandlerAction] { [.send(event, queue: queue)] }
}

/// `applyfn`: a function of the node is called for every event.
package struct ApplyFunctionHandler: TableHandler {
  package static let description = HandlerDescription(
    ["applyfn"],
    """
    A function of the node is called for every event, in the batch's transaction: \
    f(conf text, tick bigint, ev_id bigint, ev_time timestamptz, ev_txid bigint, ev_retry int, ev_type text, \
    ev_data text, ev_extra1 text, ev_extra2 text, ev_extra3 text, ev_extra4 text).
    """,
    [
      .init("func_name", text: "the function", isRequired: true),
      .init("func_conf", text: "what it is called with as conf (empty)"),
    ])

  package let destination: QualifiedName
  private let function: QualifiedName
  private let configuration: String

  package init(_ context: HandlerContext, _ arguments: HandlerArguments) throws(HandlerError) {
    destination = context.destination
    _ = try arguments.required("func_name")
    guard let name = try arguments.name("func_name") else {
      throw arguments.wrong("func_name", "", "a function's name")
    }
    function = name
    configuration = arguments.text("func_conf") ?? ""
  }

  package func handle(_ event: HandledEvent) throws -> [HandlerAction] {
    [.call(FunctionCall(function, configuration: configuration, event))]
  }
}

/// `bulk`: kept for sets that name it; every table is applied as a set.
package struct BulkHandler: TableHandler {
  /// How the original writes a batch; here the result is the same and the way is chosen by what the batch holds.
  package enum Method: String, Sendable, CaseIterable {
    case correct = "0"
    case delete = "1"
    case merged = "2"
  }

  package static let description = HandlerDescription(
    ["bulk"], "The batch is written as a whole, the last state of each key. That is how every table is written here.",
    [.init("method", text: "0, 1 or 2; all of them have the same result and speed here (0)")])

  package let destination: QualifiedName
  package var isPassThrough: Bool { true }

  package init(_ context: HandlerContext, _ arguments: HandlerArguments) throws(HandlerError) {
    destination = context.destination
    _ = try arguments.choice("method", default: Method.correct)
  }

  package func handle(_ event: HandledEvent) throws -> [HandlerAction] {
    let change = try event.change()
    return change.operation == .truncate ? [.truncate(destination)] : [.write(RowWrite(change, into: destination))]
  }
}
