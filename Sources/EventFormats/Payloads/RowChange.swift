/// A row event in any of the formats that triggers write: captured changes and `jsontriga` (JSON), `logutriga`
/// (URL-encoded), `sqltriga` (partial SQL).
public struct RowChange: Sendable, Equatable {
  /// What happened, to which table, and its key columns.
  public var header: ChangeHeader
  /// The format of the event's data.
  public var format: Format

  /// How a row is written.
  public enum Format: Sendable {
    /// One JSON object.
    case json
    /// `col=val&col2=val2`
    case urlEncoded
    /// What follows `insert into t`, `update t set`, `delete from t where`; an update has changed columns only.
    case partialSQL
  }

  /// Reads an event's type. The table of the older formats stands in ev_extra1, as `schema.table`.
  ///
  /// The key of partial SQL is in each event's data, see ``row(_:)``.
  ///
  /// - Throws: `FormatError` for what is no row event.
  public init(type: String, table: String?) throws(FormatError) {
    if type.utf8.first == UInt8(ascii: "{") {
      header = try ChangeHeader(parsing: type)
      format = .json
      return
    }
    // Older triggers write the word out.
    let type = type == ChangeOperation.truncate.rawValue ? String(ChangeOperation.truncate.letter) : type
    let parts = type.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, first.utf8.count == 1, let letter = first.first,
      let operation = ChangeOperation(letter: letter)
    else { throw Self.error("the type is neither a JSON header nor I, U, D or R") }
    guard let table, !table.isEmpty else { throw Self.error("extra1 does not name the table") }
    let keys =
      parts.count == 2 ? parts[1].split(separator: ",", omittingEmptySubsequences: true).map(String.init) : []
    header = ChangeHeader(operation: operation, table: try QualifiedName(unquoted: table), key: keys)
    format = parts.count == 2 || operation == .truncate ? .urlEncoded : .partialSQL
  }

  /// The columns of the row, each value in its type's text form, and the key's columns.
  ///
  /// - Parameter repairing: whether bytes that are no UTF-8 become U+FFFD, instead of being an error.
  /// - Throws: `FormatError` when the data is not in the format.
  public func row(_ data: String, repairing: Bool = false) throws(FormatError) -> (
    columns: [ColumnValue], key: [String]
  ) {
    switch format {
    case .json: return (try JSONRow.decode(data), header.key)
    case .urlEncoded: return (try URLEncodedRow.decode(data, repairing: repairing), header.key)
    case .partialSQL:
      switch try PartialSQL(header.operation, parsing: data) {
      case .insert(let columns): return (columns, [])
      case .update(let set, let key):
        // A key column stands on both sides when nothing but the key is there to be set.
        let known = Set(set.map(\.name))
        return (set + key.filter { !known.contains($0.name) }, key.map(\.name))
      case .delete(let key): return (key, key.map(\.name))
      case .truncate: return ([], [])
      }
    }
  }

  private static func error(_ problem: String) -> FormatError {
    FormatError(format: "row event", problem: problem, offset: 0)
  }
}
