package import PostgresClient

/// Puts parked objects back, each together with its row in `trunkline.parked_ddl`: a crash loses none and leaves none half.
package struct ParkingRestore: Sendable {
  /// `maintenance_work_mem` for index builds; `nil`: the server's setting.
  package var memory: String?
  /// How long to wait for a lock on a table.
  package var lockTimeout: Duration = .seconds(10)
  /// Called first in every transaction; throws when somebody else took over.
  package var fence: InitialCopy.Fence = { _ in }

  package init() {}

  /// Runs the long part of an object's making in a transaction of its own. Readers of the table go on meanwhile.
  ///
  /// - Throws: `PostgresError`.
  package func build(_ object: ParkedObject, _ target: PostgresConnection) async throws {
    try await target.transaction { target in
      try await fence(target)
      guard let current = try await lock(object, target), !current.isBuilt else { return }
      try await settings(target, lockTimeout: nil)
      if let build = current.build { try await target.execute(build) }
      if current.attach == nil {
        try await remove(current, target)
      } else {
        try await target.query("update trunkline.parked_ddl set is_built = true where parked_id = \(current.id)")
      }
    }
  }

  /// Runs the short part of objects' making in one transaction. Those that are not built yet are left alone.
  ///
  /// - Throws: `PostgresError`.
  package func attach(_ objects: [ParkedObject], _ target: PostgresConnection) async throws {
    guard !objects.isEmpty else { return }
    try await target.transaction { target in
      try await fence(target)
      try await settings(target, lockTimeout: lockTimeout)
      for object in objects {
        guard let current = try await lock(object, target), current.isBuilt || current.build == nil else { continue }
        if let attach = current.attach { try await target.execute(attach) }
        try await remove(current, target)
      }
    }
  }

  /// Puts one object back and, when that is not possible, writes the reason beside it.
  ///
  /// - Returns: the reason, if it is still parked.
  /// - Throws: `PostgresError` for lost connections and the like.
  package func restore(_ object: ParkedObject, _ target: PostgresConnection) async throws -> String? {
    do {
      try await build(object, target)
      try await attach([object], target)
      return nil
    } catch let error as PostgresError where error.code == .server && !error.isTransient && error.sqlState != "TL001" {
      try await target.query(
        "update trunkline.parked_ddl set error = \(error.description) where parked_id = \(object.id)")
      return error.description
    }
  }

  private func settings(_ target: PostgresConnection, lockTimeout: Duration?) async throws {
    // As when the definitions were read: everything in them is named with its schema.
    try await target.execute("set local search_path = pg_catalog, pg_temp")
    if let memory {
      try await target.query("select pg_catalog.set_config('maintenance_work_mem', \(memory), true)")
    }
    if let lockTimeout { try await Self.limitLockWaits(lockTimeout, target) }
  }

  /// Keeps the open transaction from waiting longer for a lock: others wait behind it.
  static func limitLockWaits(_ limit: Duration, _ target: PostgresConnection) async throws {
    let milliseconds = max(1, limit / .milliseconds(1))
    try await target.query("select pg_catalog.set_config('lock_timeout', \("\(Int(milliseconds))ms"), true)")
  }

  private func lock(_ object: ParkedObject, _ target: PostgresConnection) async throws -> ParkedObject? {
    let rows = try await target.query(
      """
      select build_sql, attach_sql, is_built from trunkline.parked_ddl where parked_id = \(object.id) for update
      """)
    guard let row = rows.first else { return nil }
    var current = object
    current.build = try row.decode(0)
    current.attach = try row.decode(1)
    current.isBuilt = try row.decode(2)
    return current
  }

  private func remove(_ object: ParkedObject, _ target: PostgresConnection) async throws {
    try await target.query("delete from trunkline.parked_ddl where parked_id = \(object.id)")
  }
}
