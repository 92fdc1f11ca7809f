import CLibPQ

extension PostgresConnection {
  /// Sends several statements without waiting between them: one network round trip for all.
  ///
  /// Outside a transaction they form one implicit transaction: the first error undoes all and is thrown.
  ///
  /// - Returns: one result a statement, in order.
  /// - Throws: the first ``PostgresError``; `CancellationError`.
  public func pipeline(_ queries: [PostgresQuery]) async throws -> [PostgresResult] {
    guard !queries.isEmpty else { return [] }
    return try await withTurn {
      var names: [String?] = []
      for query in queries { names.append(try await preparedName(query)) }
      return try await cancellable {
        let handle = try openHandle()
        guard PQenterPipelineMode(handle) == 1 else { throw sendFailure("pipeline") }
        do {
          for (query, name) in zip(queries, names) {
            try send(query, preparedAs: name)
            try await flush()
          }
        } catch {
          // What was sent must be answered before the mode can be left.
          PQpipelineSync(handle)
          try await flush()
          _ = try? await pipelineResults([])
          PQexitPipelineMode(handle)
          throw error
        }
        guard PQpipelineSync(handle) == 1 else { throw sendFailure("pipeline") }
        try await flush()
        let outcome: Result<[PostgresResult], any Error>
        do { outcome = .success(try await pipelineResults(queries)) } catch { outcome = .failure(error) }
        PQexitPipelineMode(handle)
        return try outcome.get()
      }
    }
  }

  /// Reads up to the synchronisation point.
  private func pipelineResults(_ queries: [PostgresQuery]) async throws -> [PostgresResult] {
    var results: [PostgresResult] = []
    var failure: PostgresError?
    var number = 0
    while true {
      guard let result = try await nextResult() else {
        number += 1  // a null result ends each statement
        continue
      }
      switch PQresultStatus(result) {
      case PGRES_PIPELINE_SYNC:
        PQclear(result)
        if let failure { throw failure }
        return results
      case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
        results.append(PostgresResult(storage: ResultStorage(result)))
      case PGRES_PIPELINE_ABORTED:
        PQclear(result)
      default:
        let sql = number < queries.count ? queries[number].sql : nil
        failure = failure ?? PostgresError(result: result, query: sql)
        PQclear(result)
      }
      guard PQstatus(try openHandle()) == CONNECTION_OK else { throw failure ?? lostConnection() }
    }
  }
}
