package import PostgresClient

/// The way of many rows from one server to another.
package enum CopyPipe {
  /// Passes a COPY's bytes from one server to the other as they are, in constant memory: only the servers read them.
  ///
  /// - Parameters:
  ///   - rewrite: puts others in the place of some whole rows; `nil`: nobody reads them.
  ///   - pass: called with the number of bytes before they go on; may hold them up.
  /// - Returns: the number of rows.
  /// - Throws: `PostgresError` of either side; what `pass` and `rewrite` throw.
  package static func run(
    _ source: PostgresConnection, _ copyOut: String, _ target: PostgresConnection, _ copyIn: String,
    rewrite: (@Sendable ([UInt8]) throws -> [UInt8])? = nil,
    pass: @Sendable (Int) async throws -> Void = { _ in }
  ) async throws -> Int {
    try await source.copyOut(copyOut) { chunks in
      try await target.copyIn(copyIn) { writer in
        for try await chunk in chunks {
          try await pass(chunk.count)
          if let rewrite { try await writer.write(rewrite(chunk)) } else { try await writer.write(chunk) }
        }
      }
    }
  }

  /// The same for a COPY that was begun before.
  ///
  /// - Returns: the number of rows.
  /// - Throws: `PostgresError` of either side.
  package static func run(
    _ stream: PostgresCopyStream, _ target: PostgresConnection, _ copyIn: String
  ) async throws -> Int {
    try await target.copyIn(copyIn) { writer in
      while let chunk = try await stream.next() { try await writer.write(chunk) }
    }
  }

  /// The line of a table's COPY that an error's context names, in whatever language; 1 is the first.
  package static func line(_ error: PostgresError, table: String) -> Int? {
    guard let text = error.context?.split(separator: "\n").first(where: { $0.contains(table) }) else { return nil }
    let number = text.drop { $0 != "," }.drop { !$0.isNumber }.prefix { $0.isNumber }
    return Int(number).flatMap { $0 > 0 ? $0 : nil }
  }
}

extension PostgresError {
  /// Whether somebody has to do something about the error: not a lost lease, a stopping server or a deadlock.
  package var needsMending: Bool {
    guard code == .server, let state = sqlState, state != "TL001" else { return false }
    return !["40", "57", "08"].contains(state.errorClass) && state != .lockNotAvailable
  }
}
