/// Everything there is to know about the queues and replications of one database, read at about one moment.
///
/// A value without connections: print it, encode it, diagnose it (``Diagnosis``). Times are seconds, sizes bytes.
package struct StatusSnapshot: Codable, Sendable, Equatable {
  /// The server and the database.
  package var server: ServerStatus
  /// Trunkline's schemas, in the order in which they are installed.
  package var schemas: [InstalledSchema] = []
  /// Roles that Trunkline's privileges need and that do not exist.
  package var missingRoles: [String] = []
  /// Who makes the ticks.
  package var ticker = TickerPresence()
  /// Queues by name.
  package var queues: [QueueSnapshot] = []
  /// Consumers by queue and name.
  package var consumers: [ConsumerSnapshot] = []
  /// Dead letters of consumers that are not registered any more.
  package var orphanedDeadEvents: Int64 = 0
  /// Consumers that were removed because they passed their limits, and did not come back yet.
  package var evictions: [EvictionSnapshot] = []
  /// The oldest transactions of the server, prepared ones too; those younger than a few seconds are left out.
  package var transactions: [RunningTransaction] = []
  /// Captured tables.
  package var captures: [CaptureSnapshot] = []
  /// Positions that replications keep in this database, as their target.
  package var replications: [ReplicationSnapshot] = []
  /// What this database is for cascaded queues.
  package var nodes: [NodeSnapshot] = []
  /// Small tables that are updated all the time.
  package var metaTables: [MetaTable] = []
  /// What could not be read, and why. Everything else is complete.
  package var unseen: [String] = []

  package init(server: ServerStatus) { self.server = server }

  /// The consumers of one queue.
  package func consumers(of queue: String) -> [ConsumerSnapshot] { consumers.filter { $0.queue == queue } }

  /// The queue of that name.
  package func queue(_ name: String) -> QueueSnapshot? { queues.first { $0.name == name } }
}

/// One of Trunkline's schemas.
package struct InstalledSchema: Codable, Sendable, Equatable {
  /// How it compares with what this program brings along.
  package enum State: String, Codable, Sendable {
    /// As this program installs it; where the snapshot was not to look closely, of the same version.
    case current
    /// Not there.
    case missing
    /// Of another version.
    case outdated
    /// Changed by hand.
    case modified
    /// The original's, not taken over.
    case foreign
  }

  package var name: String
  package var state: State
  package var version: String?

  package init(name: String, state: State, version: String? = nil) {
    self.name = name
    self.state = state
    self.version = version
  }
}

/// A table whose changes go into a queue.
package struct CaptureSnapshot: Codable, Sendable, Equatable {
  /// Quoted as SQL wants it.
  package var table: String
  package var queue: String
  /// As `trunkline.capture_check()` says; `nil` where the snapshot was not to look closely.
  package var state: String?
  package var detail: String?
  package var remedy: String?

  package init(table: String, queue: String, state: String? = nil, detail: String? = nil, remedy: String? = nil) {
    self.table = table
    self.queue = queue
    self.state = state
    self.detail = detail
    self.remedy = remedy
  }
}

/// How far this database, as the target of a replication, has applied a queue of another one.
package struct ReplicationSnapshot: Codable, Sendable, Equatable {
  package var origin: String
  package var queue: String
  package var consumer: String
  package var lastTick: Int64
  package var events: Int64
  /// Time since the position moved, or since the error was stored.
  package var idle: Double
  /// What stopped the worker.
  package var error: String?
  /// The process that claimed it last.
  package var holder: String?

  package init(
    origin: String, queue: String, consumer: String, lastTick: Int64 = 0, events: Int64 = 0, idle: Double = 0,
    error: String? = nil, holder: String? = nil
  ) {
    self.origin = origin
    self.queue = queue
    self.consumer = consumer
    self.lastTick = lastTick
    self.events = events
    self.idle = idle
    self.error = error
    self.holder = holder
  }
}

/// A consumer that lost its place.
package struct EvictionSnapshot: Codable, Sendable, Equatable {
  package var queue: String
  package var consumer: String
  package var reason: String?
  /// Events that it did not get, estimated.
  package var events: Int64?
  /// Time since it happened.
  package var age: Double

  package init(queue: String, consumer: String, reason: String? = nil, events: Int64? = nil, age: Double = 0) {
    self.queue = queue
    self.consumer = consumer
    self.reason = reason
    self.events = events
    self.age = age
  }
}
