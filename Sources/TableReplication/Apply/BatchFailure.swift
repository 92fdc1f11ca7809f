import EventFormats
import EventQueue
import Logging
import PostgresClient

/// What a server's refusal of a batch means: whether another way of applying it may help, and where it happened.
enum BatchFailure {
  /// Whether the error speaks about the data, the schema or a trigger, and not about the server.
  static func isAboutRows(_ error: PostgresError) -> Bool {
    guard error.code == .server, let state = error.sqlState, !state.isTransient else { return false }
    return ["21", "22", "23", "27", "38", "39", "42", "44", "54", "55", "0A", "P0"].contains(state.errorClass)
  }

  /// Applies a batch in one way after the other, until one does not fail because of the rows.
  ///
  /// - Throws: what the last way throws; every other failure.
  static func trying<Value: Sendable>(
    _ ways: [TableApplier.Way], _ batch: EventBatch, _ logger: Logger, isolation: isolated (any Actor)? = #isolation,
    _ attempt: (TableApplier.Way) async throws -> Value
  ) async throws -> Value {
    for way in ways.dropLast() {
      do {
        return try await attempt(way)
      } catch let error as PostgresError where isAboutRows(error) {
        logger.info(
          "a conflict inside the batch, applying it another way",
          metadata: ["tick": "\(batch.currentTick)", "error": "\(error)"])
      } catch let error as ApplyError where error.cause == nil && !error.isFinal {
        logger.info(
          "applying the batch another way", metadata: ["tick": "\(batch.currentTick)", "reason": "\(error)"])
      }
    }
    return try await attempt(ways.last ?? .sequential)
  }

  /// Describes an error that no single event was blamed for. The character that the target's encoding lacks is looked up
  /// in the batch, as the server names only the line of the COPY.
  static func locate(
    _ error: PostgresError, _ batch: EventBatch, _ source: PostgresConnection
  ) async throws -> ApplyError {
    let isOfSource = error.query?.hasPrefix("copy (select") ?? false
    var failure = ApplyError(
      table: error.table.flatMap { try? QualifiedName(schema: error.schema ?? "public", name: $0) },
      reason: error.message, remedy: ApplyRemedy.text(for: error, onSource: isOfSource), cause: error)
    guard !isOfSource, error.sqlState?.errorClass == "22", let line = CopyPipe.line(error, table: "trunkline_stage")
    else { return failure }
    let events = try await source.query(
      "select ev_id, ev_extra1 from (\(raw: batch.sql)) b offset \(line - 1)::int8 limit 1")
    if let (event, table) = try events.first?.decode(Int64.self, String?.self) {
      failure.event = event
      failure.table = table.flatMap { try? QualifiedName(unquoted: $0) } ?? failure.table
    }
    return failure
  }
}
