/// A consumer of a queue: where it stands, what it holds, what went wrong.
package struct ConsumerSnapshot: Codable, Sendable, Equatable {
  package var queue: String
  package var name: String
  /// The tick up to which everything is finished.
  package var lastTick: Int64?
  /// Time since that tick was made.
  package var lag: Double?
  /// Events after it, estimated.
  package var pendingEvents: Int64 = 0
  /// For how long something waits for it: time since the tick after its position; `nil` when that is not known.
  package var waiting: Double?
  /// Bytes of event tables that are kept for it, estimated.
  package var retainedBytes: Int64 = 0
  /// Time since it did something.
  package var idle: Double?
  /// The open batch.
  package var batch: Int64?
  /// The oldest transaction of that tick's snapshot; decides about rotation.
  package var tickTransaction: Int64?
  /// Whether the tick it stands at still exists.
  package var isTickMissing = false
  package var isPaused = false
  /// The process that attached last.
  package var holder: String?
  package var members: [MemberSnapshot] = []
  package var lanes: [LaneSnapshot] = []
  /// Events that wait to be tried again; counted up to 100,000.
  package var retries: Int64 = 0
  /// Events of ordered lanes that wait behind a failed one; counted up to 100,000.
  package var parked: Int64 = 0
  /// Events that failed for good; counted up to 100,000.
  package var deadEvents: Int64 = 0
  /// Why the newest of them failed.
  package var lastDeadReason: String?
  /// Limits that were set for it.
  package var maximumAge: Double?
  package var maximumBytes: Int64?
  /// Whether passing a limit removes the consumer.
  package var isEvictedOnLimit = false

  package init(queue: String, name: String) {
    self.queue = queue
    self.name = name
  }
}

/// One of several processes that share a consumer's batches.
package struct MemberSnapshot: Codable, Sendable, Equatable {
  package var name: String
  package var batch: Int64?
  package var idle: Double
  /// Its batch waits for another member.
  package var isReleased: Bool
  package var holder: String?
  /// After how long a silence its batch is given to others; `nil`: only when members ask for that.
  package var deadAfter: Double?

  package init(
    name: String, batch: Int64? = nil, idle: Double = 0, isReleased: Bool = false, holder: String? = nil,
    deadAfter: Double? = nil
  ) {
    self.name = name
    self.batch = batch
    self.idle = idle
    self.isReleased = isReleased
    self.holder = holder
    self.deadAfter = deadAfter
  }
}

/// One of the parts of a consumer whose keys are kept in order.
package struct LaneSnapshot: Codable, Sendable, Equatable {
  package var number: Int
  package var lastTick: Int64?
  package var lag: Double?
  package var batch: Int64?
  package var idle: Double

  package init(number: Int, lastTick: Int64? = nil, lag: Double? = nil, batch: Int64? = nil, idle: Double = 0) {
    self.number = number
    self.lastTick = lastTick
    self.lag = lag
    self.batch = batch
    self.idle = idle
  }
}
