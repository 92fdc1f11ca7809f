package import EventFormats

/// What one look at the database says about a queue.
package struct QueueObservation: Sendable, Equatable {
  /// Name of the queue.
  package var queue: String
  /// The newest tick; `nil` when the queue has none.
  package var lastTick: LastTick?
  /// Event sequence now; `nil` when the sequence does not exist.
  package var eventSequence: Int64?
  /// Age of the oldest tick that an active consumer has still to begin with; `nil` when none waits.
  package var consumerLag: Duration?
  /// Whether anybody reads the queue.
  package var hasConsumers = true
  /// So many new events make a tick due.
  package var maximumCount: Int64
  /// A tick with new events is due after this time.
  package var maximumLag: Duration
  /// A tick without new events is due after this time at the latest.
  package var idlePeriod: Duration

  /// The newest tick of a queue.
  package struct LastTick: Sendable, Equatable {
    /// Its id.
    package var id: Int64
    /// Its age.
    package var age: Duration
    /// Event sequence at that time.
    package var eventSequence: Int64
    /// Time between it and the one before; `nil` when it is the only one.
    package var gap: Duration?
  }

  /// Events that were numbered after the newest tick; negative when the sequence was set back.
  package var newEvents: Int64 {
    guard let lastTick, let eventSequence else { return 0 }
    return eventSequence - lastTick.eventSequence
  }
}

/// A tick that was made.
package struct MadeTick: Sendable, Equatable {
  /// Its id.
  package var id: Int64
  /// Event sequence stored in it.
  package var eventSequence: Int64
  /// Snapshot stored in it.
  package var snapshot: TransactionSnapshot
  /// A transaction id drawn after ``snapshot`` was taken.
  package var transaction: UInt64
}
