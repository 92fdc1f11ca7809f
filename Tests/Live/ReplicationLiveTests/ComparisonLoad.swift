import EventFormats
import Logging
import PostgresClient
import PostgresTesting
import TableComparison
import TableReplication

/// Writers, a ticker and a worker that never rest, for comparisons in the middle of them.
extension ReplicationFixture {
  static let loadTables = """
    create table account (id int primary key, balance numeric not null, note text);
    create table entry (account int, nr int, v text, primary key (account, nr));
    """

  /// Fills the tables on both sides in the same way; a worker that registers later does not get these rows.
  func fillLoadTables() async throws {
    for side in [source, target] {
      try await side.run(
        """
        insert into account select g, 0, 'n' from generate_series(1, 3000) g;
        insert into entry select g % 100, g, 'v' from generate_series(1, 3000) g
        """)
    }
    try await tick()
  }

  /// Runs `body` while all of them work.
  func underLoad<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
      for number in 1...3 {
        group.addTask {
          try await write(number)
          return nil
        }
      }
      group.addTask {
        try await source.withConnection { connection in
          while !Task.isCancelled {
            try await connection.query("select pgq._make_tick('changes')")
            try? await Task.sleep(for: .milliseconds(15))
          }
        }
        return nil
      }
      group.addTask {
        _ = try? await worker().run()
        return nil
      }
      group.addTask { try await body() }
      defer { group.cancelAll() }
      while let value = try await group.next() {
        if let value { return value }
      }
      throw CancellationError()
    }
  }

  /// Transactions of all kinds, some with savepoints, some rolled back, some slow.
  private func write(_ number: Int) async throws {
    try await source.withConnection { connection in
      var round = 0
      while !Task.isCancelled {
        round += 1
        let account = Int.random(in: 1...3000)
        let work = """
          update account set balance = balance + 1 where id = \(account);
          savepoint s; insert into entry values (\(account % 100), \(number * 1_000_000 + round), 'new');
          \(round % 3 == 0 ? "rollback to s;" : "release s;")
          delete from entry where account = \(Int.random(in: 0...99)) and nr = \(Int.random(in: 1...3000));
          \(round % 20 == 0 ? "select pg_sleep(0.03);" : "")
          """
        do {
          try await connection.execute("begin; \(work) \(round % 10 == 0 ? "rollback" : "commit")")
        } catch is CancellationError {
          return
        } catch let error as PostgresError where error.isTransient {
          try await connection.execute("rollback")
        }
      }
    }
  }

  /// The databases with the worker's position between them.
  func databases(consumer: String = "replica") -> ComparedDatabases {
    ComparedDatabases(
      source: PostgresConfiguration(source.connectionString), target: PostgresConfiguration(target.connectionString),
      position: .replica(queue: "changes", consumer: consumer))
  }

  /// The databases as they are, with nothing that brings them together.
  func databasesAtRest() -> ComparedDatabases {
    var databases = databases()
    databases.position = .none
    return databases
  }

  /// Compares a table, at a common position where there is one.
  func compare(
    _ table: ComparedTable, _ databases: ComparedDatabases, lanes: Int = 1,
    _ prepare: @Sendable (inout TableComparison) -> Void = { _ in }
  ) async throws -> TableDifference {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return try await AlignedSessions.with(databases, lanes: lanes, logger: logger) { sessions in
      try await sessions.align(patience: .seconds(60))
      var comparison = TableComparison(table: table)
      prepare(&comparison)
      return try await comparison.run(sessions)
    }
  }
}

extension ComparedTable {
  /// A table of schema public.
  static func named(_ name: String) throws -> ComparedTable {
    ComparedTable(try QualifiedName(schema: "public", name: name))
  }
}
