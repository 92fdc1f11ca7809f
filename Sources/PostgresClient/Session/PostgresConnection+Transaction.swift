import CLibPQ

/// How a transaction sees others, and what it may do.
public struct PostgresTransactionOptions: Sendable {
  /// PostgreSQL's isolation levels.
  public enum Isolation: String, Sendable {
    case readCommitted = "read committed"
    case repeatableRead = "repeatable read"
    case serializable
  }

  /// The isolation level.
  public var isolation: Isolation
  /// Whether writes are refused.
  public var isReadOnly: Bool
  /// Whether a serializable read-only transaction waits for a safe snapshot first.
  public var isDeferrable: Bool

  /// Makes options.
  public init(isolation: Isolation = .readCommitted, isReadOnly: Bool = false, isDeferrable: Bool = false) {
    self.isolation = isolation
    self.isReadOnly = isReadOnly
    self.isDeferrable = isDeferrable
  }

  var begin: String {
    "begin isolation level \(isolation.rawValue)\(isReadOnly ? " read only" : "")\(isDeferrable ? " deferrable" : "")"
  }
}

extension PostgresConnection {
  /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
  ///
  /// When the connection breaks during the commit itself, nobody can know whether it took effect; the error's code is
  /// then `connectionLost`.
  ///
  /// - Throws: what `body` throws; ``PostgresError`` of BEGIN and COMMIT; `misuse` inside another transaction.
  public func transaction<Value>(
    _ options: PostgresTransactionOptions = .init(),
    isolation: isolated (any Actor)? = #isolation,
    _ body: (PostgresConnection) async throws -> sending Value
  ) async throws -> sending Value {
    try await begin(options)
    do {
      let value = try await body(self)
      try await commit()
      return value
    } catch {
      await rollBack("rollback")
      throw error
    }
  }

  /// Runs `body` inside a savepoint of the open transaction; when it throws, only its own work is undone.
  ///
  /// - Throws: what `body` throws; ``PostgresError``.
  public func savepoint<Value>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (PostgresConnection) async throws -> sending Value
  ) async throws -> sending Value {
    try await execute("savepoint trunkline")
    do {
      let value = try await body(self)
      try await execute("release savepoint trunkline")
      return value
    } catch {
      await rollBack("rollback to savepoint trunkline; release savepoint trunkline")
      throw error
    }
  }

  /// Two transactions cannot be inside each other: the inner COMMIT would end the outer one.
  private func begin(_ options: PostgresTransactionOptions) async throws {
    try await withTurn {
      guard PQtransactionStatus(try openHandle()) == PQTRANS_IDLE else {
        throw PostgresError(
          .misuse, "a transaction is open on this connection already", hint: "use savepoint inside a transaction")
      }
      try await executeScript(options.begin)
    }
  }

  /// COMMIT of a failed transaction answers ROLLBACK without an error; that must not pass for success.
  private func commit() async throws {
    let result = try await withTurn { try await executeScript("commit", hidesLoss: false) }
    guard result.commandTag == "COMMIT" else {
      throw PostgresError(
        .server, "the transaction was rolled back because a statement in it had failed",
        hint: "let the error of the failed statement end the transaction's closure, or use savepoint around it")
    }
  }

  /// Undoes, also when the task is cancelled: a cancelled task's statement would be cancelled, too.
  private nonisolated func rollBack(_ sql: String) async {
    await Task {
      guard await self.isInTransaction else { return }
      do { try await self.execute(sql) } catch { await self.close() }
    }.value
  }
}
