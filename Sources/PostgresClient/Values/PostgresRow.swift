import CLibPQ

/// One row of a result. Cheap to copy: it refers to the memory of its result.
public struct PostgresRow: Sendable {
  let storage: ResultStorage
  let index: Int32

  /// Number of columns.
  public var count: Int { Int(PQnfields(storage.pointer)) }

  /// The cell of a column by position.
  ///
  /// - Throws: `decoding` when there is no such column.
  public func cell(_ column: Int) throws -> PostgresCell {
    guard column >= 0, column < count else {
      throw PostgresError(.decoding, "the result has \(count) columns, column number \(column) was asked for")
    }
    return PostgresCell(storage: storage, row: index, column: Int32(column))
  }

  /// The cell of a column by name.
  ///
  /// - Throws: `decoding` when there is no such column.
  public func cell(_ column: String) throws -> PostgresCell {
    // PQfnumber folds unquoted names to lower case; quoting makes the comparison exact.
    let position = PQfnumber(storage.pointer, quotedIdentifier(column))
    guard position >= 0 else {
      throw PostgresError(.decoding, "the result has no column \"\(column)\"")
    }
    return PostgresCell(storage: storage, row: index, column: position)
  }

  /// A column's value by name.
  ///
  /// - Throws: `decoding` for an unknown column, an unexpected NULL, or text that is no such value.
  public func decode<Value: PostgresDecodable>(_ column: String, as type: Value.Type = Value.self) throws -> Value {
    try Value.decode(cell(column))
  }

  /// A column's value by position.
  ///
  /// - Throws: as ``decode(_:as:)-(String,_)``.
  public func decode<Value: PostgresDecodable>(_ column: Int, as type: Value.Type = Value.self) throws -> Value {
    try Value.decode(cell(column))
  }

  /// The leading columns as a tuple: `let (id, name) = try row.decode(Int64.self, String.self)`.
  ///
  /// - Throws: as ``decode(_:as:)-(String,_)``.
  public func decode<each Value: PostgresDecodable>(_ types: repeat (each Value).Type) throws -> (repeat each Value) {
    var column = 0
    func next<Next: PostgresDecodable>(_ type: Next.Type) throws -> Next {
      defer { column += 1 }
      return try Next.decode(cell(column))
    }
    return (repeat try next(each types))
  }
}

/// One value of a row, in the server's text form.
public struct PostgresCell: Sendable {
  let storage: ResultStorage
  let row: Int32
  let column: Int32

  /// Whether the value is NULL.
  public var isNull: Bool { PQgetisnull(storage.pointer, row, column) == 1 }

  /// The column's name.
  public var columnName: String { PQfname(storage.pointer, column).map { String(cString: $0) } ?? "?" }

  /// The OID of the column's type.
  public var typeOID: UInt32 { PQftype(storage.pointer, column) }

  /// Lends the bytes of the value; `nil` for NULL.
  public func withBytes<Value>(_ body: (UnsafeRawBufferPointer?) throws -> Value) rethrows -> Value {
    guard !isNull, let start = PQgetvalue(storage.pointer, row, column) else { return try body(nil) }
    return try body(UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(storage.pointer, row, column))))
  }

  /// The value as text; `nil` for NULL.
  ///
  /// - Throws: `decoding` when the bytes are not UTF-8, which happens only after `client_encoding` was changed.
  public func text() throws -> String? {
    try withBytes { bytes in
      guard let bytes else { return nil }
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw PostgresError(
          .decoding, "column \"\(columnName)\" holds bytes that are not UTF-8",
          hint: "client_encoding was changed in this session; read the column as bytes")
      }
      return text
    }
  }

  func failure(_ type: String) -> PostgresError {
    PostgresError(.decoding, "column \"\(columnName)\" does not hold a value of type \(type)")
  }
}
