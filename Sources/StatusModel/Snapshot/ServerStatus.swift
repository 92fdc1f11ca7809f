/// The server and the database that were looked at.
package struct ServerStatus: Codable, Sendable, Equatable {
  package var database = ""
  /// The role that looked.
  package var role = ""
  /// As the server writes it, for example `15.6`.
  package var version = ""
  /// A stand-by, which makes no ticks.
  package var isInRecovery = false
  /// Whether the role sees what other roles' sessions do.
  package var seesSessions = true
  /// Seconds that the server's clock is ahead of this machine's; measured over one round trip.
  package var clockDifference = 0.0
  /// Half the time of that round trip, which is how wrong the difference may be.
  package var clockUncertainty = 0.0
  /// The oldest transaction id that is still running, as the server sees it now.
  package var oldestTransaction: Int64 = 0
  /// Transactions since the oldest one that is not frozen in this database.
  package var transactionAge: Int64 = 0
  /// At which age autovacuum begins to freeze by force.
  package var freezeMaxAge: Int64 = 200_000_000
  package var isAutovacuumOn = true
  /// Slots of `max_prepared_transactions`.
  package var preparedLimit = 0

  package init() {}
}

/// Who makes the ticks of the database.
package struct TickerPresence: Codable, Sendable, Equatable {
  /// Process ids of the backends of Trunkline's ticker that holds the database; at most one unless it was just replaced.
  package var trunkline: [Int] = []
  /// Whether that ticker asked producers to wake it.
  package var isAsleep = false
  /// Process ids of backends that look like `pgqd` or another program that calls `pgq.ticker()`.
  package var others: [Int] = []

  package init(trunkline: [Int] = [], isAsleep: Bool = false, others: [Int] = []) {
    self.trunkline = trunkline
    self.isAsleep = isAsleep
    self.others = others
  }

  /// Whether anybody can make ticks, as far as could be seen.
  package var isPresent: Bool { !trunkline.isEmpty || !others.isEmpty }
}

/// A transaction that is open for a while.
package struct RunningTransaction: Codable, Sendable, Equatable {
  package enum Kind: String, Codable, Sendable {
    case session
    case prepared
  }

  package var kind: Kind
  /// Process id of the backend; `nil` for a prepared one.
  package var pid: Int?
  /// Name of a prepared transaction.
  package var gid: String?
  package var database: String?
  package var user: String?
  package var application: String?
  /// `active`, `idle in transaction`, ...
  package var state: String?
  /// The last statement, shortened; may hold data, so it goes to people and never into logs or metrics.
  package var query: String?
  /// Age of the transaction.
  package var age: Double
  /// Its id, when it has written something: it keeps event tables from being emptied. In 64 bits, as in snapshots.
  package var transaction: Int64?
  /// Whether its snapshot keeps vacuum from removing old rows.
  package var holdsVacuum = false

  package init(kind: Kind, age: Double, transaction: Int64? = nil, pid: Int? = nil, gid: String? = nil) {
    self.kind = kind
    self.age = age
    self.transaction = transaction
    self.pid = pid
    self.gid = gid
  }
}

/// A table of Trunkline itself that is updated all the time and must be vacuumed often.
package struct MetaTable: Codable, Sendable, Equatable {
  package var name: String
  package var bytes: Int64
  package var liveRows: Int64
  package var deadRows: Int64
  package var isAutovacuumOn: Bool

  package init(name: String, bytes: Int64, liveRows: Int64 = 0, deadRows: Int64 = 0, isAutovacuumOn: Bool = true) {
    self.name = name
    self.bytes = bytes
    self.liveRows = liveRows
    self.deadRows = deadRows
    self.isAutovacuumOn = isAutovacuumOn
  }
}
