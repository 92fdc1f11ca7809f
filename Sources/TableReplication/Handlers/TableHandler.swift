package import EventFormats
package import PostgresClient

/// How the events of one table of a set are treated on one node: what is copied at first, what becomes of each event, and
/// what is passed on to other nodes.
///
/// A handler decides, others act: it is given values and returns values. Only ``start(_:table:)`` and ``prepare(_:_:)``
/// may ask the target. One handler serves one table of one worker, which calls in this order: `start`, then for each
/// attempt to apply a batch `begin`, for some events at a time `prepare` and then `handle` for each of them.
package protocol TableHandler: Sendable {
  /// Names, arguments, and what the handler is for.
  static var description: HandlerDescription { get }

  /// Sets the handler up for a table.
  ///
  /// - Throws: ``HandlerError`` when arguments are missing, or wrong, or do not go together.
  init(_ context: HandlerContext, _ arguments: HandlerArguments) throws(HandlerError)

  /// What must be there on the node.
  var need: TableNeed { get }
  /// Whether events are written into the table as they are: then nobody asks the handler for each.
  var isPassThrough: Bool { get }
  /// Whether events are passed on into queues otherwise than they are, see ``passedOn(_:)``.
  var rewritesQueue: Bool { get }
  /// The table that rows go to.
  var destination: QualifiedName { get }
  /// Arguments that are added to those of the table's trigger where it is added, see `londiste.create_trigger()`.
  var triggerArguments: [String] { get }
  /// What the initial copy, the comparison and the repair are about.
  var copy: CopyRule { get }
  /// What happens when changes meet rows that the source does not expect; `nil`: as the table's attributes say.
  var conflict: ConflictPolicy? { get }
  /// The partitions that rows go to, made as they are needed; `nil`: rows go to ``destination`` itself.
  var partitions: PartitionPlan? { get }

  /// Called when a worker starts, and again after failures.
  ///
  /// - Parameter table: what the target has; `nil` where nothing is needed.
  /// - Throws: ``ApplyError``, ``HandlerError``, `PostgresError`.
  mutating func start(_ target: PostgresConnection, table: LoadTable?) async throws

  /// Called before the events of each attempt to apply a batch.
  mutating func begin(_ batch: HandledBatch)

  /// Called with some events before they are handled one by one, to ask the target for all of them at once.
  ///
  /// - Throws: ``ApplyError``, `PostgresError`.
  mutating func prepare(_ events: [HandledEvent], _ target: PostgresConnection) async throws

  /// What is to be done for an event. Nothing, if the list is empty.
  ///
  /// - Throws: ``UnreadableEvent`` when nothing can be made of it; ``ApplyError`` when somebody must change something.
  mutating func handle(_ event: HandledEvent) throws -> [HandlerAction]

  /// The event as it is passed on into the queue of a branch, or a combined queue; `nil`: it is not passed on.
  ///
  /// - Throws: as ``handle(_:)``.
  mutating func passedOn(_ event: HandledEvent) throws -> HandledEvent?
}

extension TableHandler {
  package var need: TableNeed { .rows }
  package var isPassThrough: Bool { false }
  package var rewritesQueue: Bool { false }
  package var triggerArguments: [String] { [] }
  package var copy: CopyRule { CopyRule() }
  package var conflict: ConflictPolicy? { nil }
  package var partitions: PartitionPlan? { nil }
  package mutating func start(_ target: PostgresConnection, table: LoadTable?) async throws {}
  package mutating func begin(_ batch: HandledBatch) {}
  package mutating func prepare(_ events: [HandledEvent], _ target: PostgresConnection) async throws {}
  package mutating func passedOn(_ event: HandledEvent) throws -> HandledEvent? { event }
}

/// What a node must have of a table.
package enum TableNeed: String, Sendable {
  /// The table, with the rows of the set: others may copy them from here.
  case rows
  /// The table; its rows are not those of the set.
  case table
  /// Nothing.
  case nothing
}

/// What a handler is set up with.
package struct HandlerContext: Sendable {
  /// The table as the set names it, and as it is called on the node.
  package var table: QualifiedName, destination: QualifiedName
  /// What the worker was configured with.
  package var settings: HandlerSettings

  package init(table: QualifiedName, destination: QualifiedName? = nil, settings: HandlerSettings = HandlerSettings()) {
    self.table = table
    self.destination = destination ?? table
    self.settings = settings
  }
}

/// Settings of the worker that handlers use.
package struct HandlerSettings: Sendable {
  /// The function that shards hash by, where the table's handler names none.
  package var shardHashFunction = "partconf.get_hash_raw"
  /// The query that tells a node's shard, see ``ShardPart``; `nil`: `partconf.conf` in either of its forms.
  package var shardQuery: String?
  /// Files with the rules and the key of `obfuscate`, where the table's handler names none.
  package var obfuscationMap: String?, obfuscationKey: String?
  /// Reads a file's text.
  package var readFile: @Sendable (String) throws -> String = { try TextFile.read($0) }

  package init() {}
}

/// The batch whose events are handled.
package struct HandledBatch: Sendable {
  /// The tick at its end, and when that was, in UTC; `nil` when the time is not readable.
  package var tick: Int64
  package var time: CalendarHour?
  /// The hour that it is now in the target, in UTC.
  package var now: CalendarHour?
}
