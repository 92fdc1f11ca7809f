import EventFormats
import PostgresClient

/// Several sessions on one database that read it at the same moment.
enum SharedSnapshot {
  private static let begin = "begin isolation level repeatable read read only"

  /// Begins transactions that see what `name`, exported elsewhere, sees.
  static func adopt(_ name: String, _ sessions: ArraySlice<PostgresConnection>) async throws {
    for session in sessions {
      try await session.execute("\(begin); set transaction snapshot \(SQLLiteral.quote(name))")
    }
  }

  /// Begins transactions that all see what the first one sees now, and asks that one something.
  ///
  /// - Parameter question: reads in the first session; when it answers `nil`, all is undone.
  static func take<Answer: Sendable>(
    _ sessions: [PostgresConnection], _ question: (PostgresConnection) async throws -> Answer?
  ) async throws -> Answer? {
    guard let first = sessions.first else { return nil }
    do {
      try await first.execute(begin)
      guard let answer = try await question(first) else {
        try await first.execute("rollback")
        return nil
      }
      if sessions.count > 1 {
        guard let row = try await first.query("select pg_export_snapshot()").first else {
          throw PostgresError(.decoding, "no snapshot was exported")
        }
        try await adopt(row.decode(0, as: String.self), sessions.dropFirst())
      }
      return answer
    } catch {
      await end(sessions)
      throw error
    }
  }

  /// Ends the transactions.
  static func end(_ sessions: [PostgresConnection]) async {
    for session in sessions where await session.isInTransaction {
      do { try await session.execute("rollback") } catch { await session.close() }
    }
  }
}
