import Logging
import PostgresClient
import PostgresTesting
import StatusModel

/// Makes queue `q` with consumer `c` on a database.
func makeQueue(on database: TestDatabase) async throws {
  try await database.psql("select pgq.create_queue('q'), pgq.register_consumer('q', 'c');")
}

/// Looks closely, over a connection of its own.
func look(
  _ database: TestDatabase, user: String = "postgres", depth: StatusReader.Depth = .thorough
) async throws -> StatusSnapshot {
  let configuration = StatusReader.configuration(PostgresConfiguration(database.connectionString(user: user)))
  let connection = try await PostgresConnection.connect(configuration, logger: Logger(label: "test"))
  var reader = StatusReader(connection, depth: depth)
  reader.minimumTransactionAge = 0
  let snapshot = try await reader.read()
  await connection.close()
  return snapshot
}

/// The findings of a check, with transactions counted as long at once.
func findings(_ check: String, _ snapshot: StatusSnapshot) -> [Finding] {
  var limits = DiagnosisLimits()
  limits.transactionAge = 0
  return Diagnosis(snapshot, limits: limits).findings.filter { $0.check == check }
}
