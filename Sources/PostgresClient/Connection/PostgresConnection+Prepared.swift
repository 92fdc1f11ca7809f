import CLibPQ

extension PostgresConnection {
  /// The server-side name of a statement that asked to be prepared; prepares it on its first use. `nil` when the
  /// statement shall run unprepared.
  func preparedName(_ query: PostgresQuery) async throws -> String? {
    guard query.isPrepared else { return nil }
    let key = PreparedStatements.Key(query)
    if let name = prepared[key] { return name }
    guard !prepared.isFull else { return nil }
    try refuseNUL(in: query.sql)
    let name = prepared.newName()
    _ = try await cancellable {
      let handle = try openHandle()
      guard PQsendPrepare(handle, name, query.sql, Int32(key.types.count), key.types) == 1 else {
        throw sendFailure(query.sql)
      }
      try await flush()
      return try await lastResult(of: query.sql)
    }
    prepared.add(key, name)
    return name
  }

  /// Forgets a prepared statement that failed because it is gone or outdated, so that its next use prepares it anew.
  func forgettingStale<Value>(_ query: PostgresQuery, _ exchange: () async throws -> Value) async throws -> Value {
    do {
      return try await exchange()
    } catch let error as PostgresError where query.isPrepared && error.isStalePreparedStatement {
      prepared.remove(PreparedStatements.Key(query))
      throw error
    }
  }
}

extension PostgresError {
  /// "prepared statement does not exist" and "cached plan must not change result type".
  var isStalePreparedStatement: Bool { sqlState == "26000" || sqlState == "0A000" }
}

extension PreparedStatements.Key {
  init(_ query: PostgresQuery) {
    sql = query.sql
    types = query.parameters.map(\.typeOID)
  }
}
