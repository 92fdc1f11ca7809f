package import EventFormats

/// A table to be copied.
package struct CopyTable: Sendable, Hashable {
  /// Its name at the source.
  package var source: QualifiedName
  /// Its name in the target.
  package var target: QualifiedName
  /// Which rows, as an SQL condition over the source's columns; part of the configuration, so it is trusted.
  package var condition: String?
  /// Whether the rows are added to what the target holds.
  package var appends = false
  /// Whether indexes and keys stay where they are: of several copies into one table only the first takes them off.
  package var keepsIndexes = false

  /// What a handler says of rows and columns.
  package var rule: CopyRule?

  /// A table, by the same name on both sides unless `target` says otherwise.
  package init(_ source: QualifiedName, target: QualifiedName? = nil, where condition: String? = nil) {
    self.source = source
    self.target = target ?? source
    self.condition = condition
  }

  /// Two are equal that are copied for the same reason, whatever their rules do with values.
  package static func == (left: CopyTable, right: CopyTable) -> Bool {
    left.source == right.source && left.target == right.target && left.wanted == right.wanted
      && left.appends == right.appends && left.keepsIndexes == right.keepsIndexes
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(source)
    hasher.combine(target)
  }

  /// Which rows, by condition and rule together.
  var wanted: String? {
    if rule?.isWanted == false { return "false" }
    let conditions = [condition, rule?.condition].compactMap { $0 }
    return conditions.count > 1 ? conditions.map { "(\($0))" }.joined(separator: " and ") : conditions.first
  }
}

/// For whom tables are copied: a consumer of a queue of the source. Its position in the target must be claimed.
package struct CopyOwner: Sendable, Hashable {
  package var origin: String
  package var queue: String
  package var consumer: String

  package init(origin: String, queue: String, consumer: String) {
    self.origin = origin
    self.queue = queue
    self.consumer = consumer
  }
}

/// How tables are copied.
package struct CopyOptions: Sendable {
  /// Transfers and index builds at the same time. Each has a connection to both sides.
  package var jobs = 2
  /// Bytes a second that all transfers together may take; `nil`: as many as they can.
  package var maximumRate: Int64?
  /// Whether rows that the target tables hold may be removed.
  package var mayTruncate = false
  /// Whether foreign keys are taken off while rows come in, too. Otherwise the caller does.
  package var parksForeignKeys = true
  /// Bytes of a table from which on taking off its indexes is worth it.
  package var parkingThreshold: Int64 = 8 << 20
  /// Bytes that are copied in one transaction: what a kill may lose.
  package var pieceBytes: Int64 = 64 << 20
  /// `maintenance_work_mem` for index builds, in the server's notation; `nil`: the server's setting.
  package var maintenanceMemory: String?
  /// How long to wait for a lock on a target table before giving up; its readers and writers wait as long behind it.
  package var lockTimeout: Duration = .seconds(10)

  package init() {}
}
