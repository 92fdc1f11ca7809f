import Logging
import PostgresClient

/// Makes the foreign keys again that copies dropped, as soon as both of their tables are in sync.
struct PendingForeignKeys: Sendable {
  let session: SetSession
  let lockTimeout: Duration
  let logger: Logger

  /// Makes all that can be made now, over a connection of its own: validating one takes long.
  ///
  /// - Returns: whether it is done; else it is worth trying again.
  func run() async -> Bool {
    do {
      let local = try await PostgresConnection.connect(session.localConfiguration, logger: logger)
      do {
        let isDone = try await restoreAll(local)
        await local.close()
        return isDone
      } catch {
        await local.close()
        throw error
      }
    } catch {
      if !(error is CancellationError) {
        logger.warning("foreign keys could not be made again yet", metadata: ["error": "\(error)"])
      }
      return false
    }
  }

  private func restoreAll(_ local: PostgresConnection) async throws -> Bool {
    var isDone = true
    let keys = try await local.query(
      "select from_table, fkey_name from londiste.get_valid_pending_fkeys(\(session.queue))")
    for row in keys {
      let (from, name) = try row.decode(String.self, String.self)
      do {
        try await restore(from, name, local)
      } catch let error as PostgresError where error.code == .server && error.sqlState == .lockNotAvailable {
        isDone = false
      } catch let error as PostgresError where error.code == .server && !error.isTransient {
        logger.error(
          "the foreign key cannot be made again",
          metadata: [
            "table": "\(from)", "key": "\(name)", "error": "\(error)",
            "remedy": "mend the rows, then: select londiste.restore_table_fkey('\(from)', '\(name)')",
          ])
      }
    }
    return isDone
  }

  /// In steps, each a transaction of its own: added without validation, then validated while others write.
  private func restore(_ from: String, _ name: String, _ local: PostgresConnection) async throws {
    while true {
      let step: String?
      do {
        step = try await transaction(local) { local in
          let step: String? = try await local.query(
            "select londiste.restore_table_fkey(\(from), \(name), true)"
          ).first?.decode(0)
          if let step { try await local.execute(step) }
          return step
        }
      } catch let error as PostgresError where ["42809", "0A000"].contains(error.sqlState?.rawValue) {
        // Partitioned tables take it only as a whole.
        try await transaction(local) { local in
          try await local.query("select londiste.restore_table_fkey(\(from), \(name), false)")
        }
        return
      }
      guard step != nil else { return }
    }
  }

  @discardableResult
  private func transaction<Value: Sendable>(
    _ local: PostgresConnection, _ body: (PostgresConnection) async throws -> Value
  ) async throws -> Value {
    try await local.transaction { local in
      try await ParkingRestore.limitLockWaits(lockTimeout, local)
      return try await body(local)
    }
  }
}
