import EventFormats
import EventQueue
package import Logging
import PostgresClient
import ServiceRuntime
import TableStructure

/// Makes rows of a target table like the source's again.
package struct TableRepair: Sendable {
  /// The table.
  package var table: ComparedTable
  /// How long the target may take to get to a tick.
  package var patience: Duration = .seconds(60)
  package var logger: Logger

  /// What was done.
  package struct Outcome: Sendable, Equatable, Codable {
    /// Rows of the target that were inserted, updated and deleted.
    package var inserted = 0, updated = 0, deleted = 0
    /// Rows that were sent through the queue again.
    package var sent = 0
    /// Rows that needed nothing any more, or could not be locked.
    package var skipped = 0

    package init() {}

    /// Rows that were changed or sent.
    package var count: Int { inserted + updated + deleted + sent }
  }

  /// Keys that are looked up at a time.
  private static let page = 100

  package init(table: ComparedTable, logger: Logger) {
    self.table = table
    self.logger = logger
  }

  /// The statements that would repair the rows, as what the sessions see now; each ends with a semicolon.
  ///
  /// - Parameter write: takes the next piece of text.
  /// - Throws: ``ComparisonError``: the table has no key; `PostgresError`.
  package func script(
    _ keys: [[String?]], _ sessions: AlignedSessions, _ write: (String) throws -> Void
  ) async throws {
    guard let source = sessions.source.first, let target = sessions.target.first else { return }
    let pair = try await pair(source, target)
    // deletions of all rows first, then updates: one pass for each, so that only a page is in memory
    for step in [RowRepair.Step.delete, .update, .insert] {
      for page in Self.pages(keys) {
        let repairs = try await repairs(pair, page, source, target)
        for repair in repairs where repair.step == step { try write(repair.sql + ";\n") }
      }
    }
  }

  /// What must stand before and after ``script(_:_:_:)`` for psql.
  package static let
    scriptBegin = """
      set client_encoding = 'UTF8'; \(TextForms.script);
      begin;
      -- neither triggers nor foreign keys, as when the worker writes
      set local session_replication_role = replica;

      """, scriptEnd = "commit;\n"

  /// Writes the rows into the target.
  ///
  /// In pages, each in one transaction: the table is locked against other writers, and only if the target stands at the tick
  /// at which the source is read, the rows of both sides are compared again and written. So nothing that the queue brings
  /// is lost or undone. Readers are not held up, writers of the source neither.
  ///
  /// - Throws: ``ComparisonError``; `PostgresError`. Pages before stay written.
  package func apply(_ keys: [[String?]], _ sessions: AlignedSessions) async throws -> Outcome {
    let writer = try await PostgresConnection.connect(sessions.databases.target, logger: logger)
    do {
      try await RepairSession.prepare(writer, logger)
      var outcome = Outcome()
      for page in Self.pages(keys) { try await apply(page, sessions, writer, &outcome) }
      await sessions.end()
      await writer.close()
      return outcome
    } catch {
      await sessions.end()
      await writer.close()
      throw error
    }
  }

  private struct Moved: Error {}

  private func apply(
    _ keys: [[String?]], _ sessions: AlignedSessions, _ writer: PostgresConnection, _ outcome: inout Outcome
  ) async throws {
    var rewrites = false
    var attempt = 0
    while true {
      // from the second attempt on, the queue stands still meanwhile
      try await sessions.align(patience: patience, holds: attempt > 0)
      defer { attempt += 1 }
      do {
        let changes = try await writer.transaction { writer in
          try await write(keys, sessions, writer, rewrites: rewrites)
        }
        outcome.inserted += changes.inserted
        outcome.updated += changes.updated
        outcome.deleted += changes.deleted
        outcome.skipped += changes.skipped
        await sessions.end()
        return
      } catch is Moved where attempt < 5 {
      } catch let error as PostgresError
        where attempt < 5 && (error.sqlState == .lockNotAvailable || error.sqlState == .deadlockDetected)
      {
        logger.info("the table is in use, trying again", metadata: ["table": "\(table.label)"])
      } catch let error as PostgresError where error.sqlState == .uniqueViolation && !rewrites {
        rewrites = true
      } catch is Moved {
        throw ComparisonError(
          "table \(table.label): the target does not stand still at a tick", hint: "try again", exitCode: .temporary)
      }
      await sessions.end()
    }
  }

  private func write(
    _ keys: [[String?]], _ sessions: AlignedSessions, _ writer: PostgresConnection, rewrites: Bool
  ) async throws -> Outcome {
    guard let source = sessions.source.first else { return Outcome() }
    let pair = try await pair(source, writer)
    try await writer.execute(
      "set local lock_timeout = '5s'; lock table \(pair.target.name.quoted) in share row exclusive mode")
    // now nothing of a batch that touches the table is under way
    guard try await sessions.isPosition(of: writer) else { throw Moved() }
    let repairs = try await repairs(pair, keys, source, writer, rewrites: rewrites && pair.mayRewrite)
    var outcome = Outcome()
    for repair in repairs {
      let rows = try await writer.query(PostgresQuery(repair.sql)).affectedRows
      switch repair.step {
      case .delete: outcome.deleted += rows
      case .update: outcome.updated += rows
      case .insert: outcome.inserted += rows
      }
    }
    outcome.skipped = max(0, keys.count - outcome.count)
    return outcome
  }

  private func pair(_ source: PostgresConnection, _ target: PostgresConnection) async throws -> TablePair {
    let pair = try await TablePair.read(table, source, target)
    guard pair.hasKey else {
      throw ComparisonError(
        "table \(table.label) has no primary key, so rows to repair cannot be told apart",
        hint: "name columns that identify a row: --key")
    }
    return pair
  }

  private func repairs(
    _ pair: TablePair, _ keys: [[String?]], _ source: PostgresConnection, _ target: PostgresConnection,
    rewrites: Bool = false
  ) async throws -> [RowRepair] {
    async let lefts = pair.find(keys, pair.left, source)
    async let rights = pair.find(keys, pair.right, target)
    let (left, right) = try await (lefts, rights)
    var seen: Set<String> = []
    var repairs: [RowRepair] = []
    for (index, key) in keys.enumerated() {
      // keys that are equal but written in two ways find the same rows
      for repair in pair.repair(key: key, source: left[index], target: right[index], rewrites: rewrites)
      where seen.insert(repair.sql).inserted {
        repairs.append(repair)
      }
    }
    return repairs.sorted { $0.step.rawValue < $1.step.rawValue }
  }

  static func pages(_ keys: [[String?]], of size: Int = page) -> [[[String?]]] {
    stride(from: 0, to: keys.count, by: size).map { Array(keys[$0..<min($0 + size, keys.count)]) }
  }
}

extension AlignedSessions {
  /// Whether what `connection` sees now is the position of the alignment; always, when there is none.
  func isPosition(of connection: PostgresConnection) async throws -> Bool {
    guard let position, let tick else { return true }
    return try await position.read(connection) == tick
  }
}

/// The session that writes repairs.
enum RepairSession {
  /// Pins the words in which values are written, and keeps triggers and foreign keys silent where that is allowed.
  static func prepare(_ writer: PostgresConnection, _ logger: Logger) async throws {
    try await TextForms.pin(writer)
    do {
      try await writer.execute("set session_replication_role = replica")
    } catch let error as PostgresError where error.sqlState == .insufficientPrivilege {
      let hasWrapper = try await writer.query(
        "select 1 where to_regprocedure('londiste.set_session_replication_role(text, boolean)') is not null")
      if !hasWrapper.isEmpty,
        (try? await writer.query("select londiste.set_session_replication_role('replica', false)")) != nil
      {
        return
      }
      logger.warning(
        "triggers and foreign keys of the target fire for repaired rows",
        metadata: ["remedy": "as superuser: grant set on parameter session_replication_role to the role"])
    }
  }
}
