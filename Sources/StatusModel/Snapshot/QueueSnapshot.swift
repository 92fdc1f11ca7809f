/// A queue: its settings, and how it is doing.
package struct QueueSnapshot: Codable, Sendable, Equatable {
  package var id: Int
  package var name: String

  // MARK: Settings

  package var rotationPeriod = 7200.0
  package var tickerMaxCount = 500
  package var tickerMaxLag = 3.0
  package var tickerIdlePeriod = 60.0
  package var hasExternalTicker = false
  package var isTickerPaused = false
  package var isInsertDisabled = false
  /// Most events of one transaction; `nil`: no limit.
  package var perTransactionLimit: Int?

  // MARK: Ticks

  /// The newest tick; `nil` when there is none, or none could be read.
  package var lastTick: Int64?
  /// Its age; negative when it is dated in the future.
  package var tickerLag: Double?
  /// The oldest tick that is kept.
  package var firstTick: Int64?
  /// Number of the newest event in the newest tick.
  package var lastTickSequence: Int64?
  /// Number of the newest event; `nil` when the role may not read the sequence.
  package var eventSequence: Int64?
  /// Over the last ticks; `nil` with one tick only.
  package var eventsPerSecond: Double?
  /// Events that were numbered since the newest tick, among them those of transactions that were rolled back.
  package var newEvents: Int64 {
    guard let lastTickSequence, let eventSequence else { return 0 }
    return max(0, eventSequence - lastTickSequence)
  }

  // MARK: Tables

  package var tables: [EventTable] = []
  package var currentTable = 0
  /// Time since the event tables were last switched.
  package var switchAge = 0.0
  /// The transaction that completed the last switch; `nil` while it is half done.
  package var switchTransaction: Int64?
  package var rotation = RotationState.off
  /// Sessions that read the table which a switch that is due would empty; read where the snapshot was to look closely.
  package var tableLocks: [TableLock] = []
  /// Bytes of all tables, with indexes and TOAST.
  package var bytes: Int64 { tables.reduce(0) { $0 + $1.bytes } }
  /// Events in all tables, estimated.
  package var events: Int64 { tables.reduce(0) { $0 + $1.rows } }

  // MARK: Later

  /// Events that wait for their time.
  package var delayedEvents: Int64 = 0
  /// Time since the first of them was due; negative while none is.
  package var delayedOverdue: Double?

  package init(id: Int, name: String) {
    self.id = id
    self.name = name
  }
}

/// A session that uses the table which the next switch would empty.
package struct TableLock: Codable, Sendable, Equatable {
  /// Its user, or the name of a prepared transaction.
  package var who: String?
  package var pid: Int?
  package var age: Double?
  /// Locks and statement; may hold data.
  package var detail: String?
  package var remedy: String?

  package init(who: String? = nil, pid: Int? = nil, age: Double? = nil, detail: String? = nil, remedy: String? = nil) {
    self.who = who
    self.pid = pid
    self.age = age
    self.detail = detail
    self.remedy = remedy
  }
}

/// One of the tables that hold a queue's events in turns.
package struct EventTable: Codable, Sendable, Equatable {
  package var name: String
  package var bytes: Int64
  /// Estimated by the statistics collector.
  package var rows: Int64

  package init(name: String, bytes: Int64, rows: Int64) {
    self.name = name
    self.bytes = bytes
    self.rows = rows
  }
}
