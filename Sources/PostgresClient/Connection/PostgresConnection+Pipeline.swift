import CLibPQ

extension PostgresConnection {
  /// Sends several statements without waiting between them: one network round trip for all.
  ///
  /// Outside a transaction they form one implicit transaction: the first error undoes all and is thrown. Values that
  /// PostgreSQL cannot take are refused before anything is sent.
  ///
  /// - Returns: one result a statement, in order.
  /// - Throws: the first ``PostgresError``; `CancellationError`.
  public func pipeline(_ queries: [PostgresQuery]) async throws -> [PostgresResult] {
    guard !queries.isEmpty else { return [] }
    for query in queries {
      try refuseNUL(in: query.sql)
      try BoundParameters.validate(query.parameters)
      // The server would carry out the rest, COMMIT included, while libpq finds no way back from COPY.
      guard !opensCopy(query.sql) else { throw copyNotExpected(query.sql) }
    }
    return try await withTurn {
      var names: [String?] = []
      for query in queries { names.append(try await preparedName(query)) }
      if hasStreamed {
        // libpq leaves single-row mode with the next statement, except when that is the first of a pipeline.
        try await executeScript("")
        hasStreamed = false
      }
      return try await cancellable {
        let handle = try openHandle()
        guard PQenterPipelineMode(handle) == 1 else { throw sendFailure("pipeline") }
        do {
          for (query, name) in zip(queries, names) {
            try send(query, preparedAs: name)
            try await flush()
          }
          guard PQpipelineSync(handle) == 1 else { throw sendFailure("pipeline") }
          try await flush()
        } catch {
          // Without the synchronisation point the server undoes what it got; a new connection is the only way on.
          breakConnection()
          throw error
        }
        let results = try await pipelineResults(queries)
        guard PQexitPipelineMode(handle) == 1 else { throw lostConnection() }
        return try results.get()
      }
    }
  }

  /// Reads up to the synchronisation point.
  ///
  /// - Returns: the results, or the first statement's error.
  /// - Throws: `connectionLost`.
  private func pipelineResults(_ queries: [PostgresQuery]) async throws -> Result<[PostgresResult], PostgresError> {
    var results: [PostgresResult] = []
    results.reserveCapacity(queries.count)
    var failure: PostgresError?
    var number = 0
    while true {
      guard let result = try await nextResult() else {
        number += 1  // a null result ends each statement
        guard number <= queries.count else { throw failure ?? lostConnection() }
        continue
      }
      switch PQresultStatus(result) {
      case PGRES_PIPELINE_SYNC:
        PQclear(result)
        return failure.map { .failure($0) } ?? .success(results)
      case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
        results.append(PostgresResult(storage: ResultStorage(result)))
      case PGRES_PIPELINE_ABORTED:
        PQclear(result)
      case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
        PQclear(result)
        breakConnection()  // libpq has no way back from COPY in pipeline mode
        throw copyNotExpected(queries[min(number, queries.count - 1)].sql)
      default:
        let query = number < queries.count ? queries[number] : nil
        let error = self.failure(result, query?.sql)
        if let query, error.isStalePreparedStatement { prepared.remove(PreparedStatements.Key(query)) }
        failure = failure ?? error
        if error.code == .connectionLost { throw failure ?? error }
      }
    }
  }
}
