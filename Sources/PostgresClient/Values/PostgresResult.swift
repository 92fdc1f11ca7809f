import CLibPQ

/// The answer to one statement: its rows, all in memory.
public struct PostgresResult: Sendable {
  let storage: ResultStorage

  /// Number of rows that an INSERT, UPDATE, DELETE, MERGE, COPY or SELECT reports; 0 for other commands.
  public var affectedRows: Int {
    guard let text = PQcmdTuples(storage.pointer) else { return 0 }
    return Int(String(cString: text)) ?? 0
  }

  /// The command tag, for example `INSERT 0 5`.
  public var commandTag: String { PQcmdStatus(storage.pointer).map { String(cString: $0) } ?? "" }

  /// Names of the columns, in order.
  public var columnNames: [String] {
    (0..<PQnfields(storage.pointer)).map { PQfname(storage.pointer, $0).map { String(cString: $0) } ?? "" }
  }
}

extension PostgresResult: RandomAccessCollection {
  /// Index of the first row.
  public var startIndex: Int { 0 }
  /// One more than the index of the last row.
  public var endIndex: Int { Int(PQntuples(storage.pointer)) }
  /// One row. The index must be valid, as for an array.
  public subscript(position: Int) -> PostgresRow { PostgresRow(storage: storage, index: Int32(position)) }
}

/// Owns a libpq result and frees it with the last row that refers to it.
///
/// Unchecked, because libpq only reads a result once it has been handed out: nothing here writes to it before `deinit`.
final class ResultStorage: @unchecked Sendable {
  let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) { self.pointer = pointer }

  deinit { PQclear(pointer) }
}
