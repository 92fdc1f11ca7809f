import EventFormats

/// What an initial copy takes along. Comparison and repair look at the same rows and columns.
package struct CopyRule: Sendable {
  /// What is done with one column.
  package enum Column: Sendable, Equatable {
    case keep
    /// It goes to a column of another name.
    case renamed(String)
    /// It is left out.
    case skip
    /// SQL over the source's columns takes its place.
    case expression(String)
    /// The value is read and rewritten on its way, see ``CopyRule/rewrite``.
    case rewritten
  }

  /// Whether anything is copied at all.
  package var isWanted = true
  /// SQL for WHERE, over the source's columns; `nil`: all rows.
  package var condition: String?
  /// What is done with a column of that name.
  package var column: @Sendable (String) -> Column = { _ in .keep }
  /// Rewrites the value of a column for which ``column`` says `rewritten`; `nil` is NULL.
  package var rewrite: @Sendable (_ column: String, _ value: String?) throws -> String? = { $1 }
  /// Whether the bytes of every field are to be made valid UTF-8.
  package var repairsEncoding = false

  package init(isWanted: Bool = true, condition: String? = nil) {
    self.isWanted = isWanted
    self.condition = condition
  }
}

extension CopyRule {
  /// The same without the columns for which `isCopied` says no.
  package func limited(to isCopied: @escaping @Sendable (String) -> Bool) -> CopyRule {
    var limited = self
    limited.column = { [column] name in isCopied(name) ? column(name) : .skip }
    return limited
  }

  /// The columns to be copied, in order: the source's name, that in the target, and the SQL that reads it.
  package func selection(of columns: [String]) -> [(source: String, column: String, sql: String)] {
    columns.compactMap { name in
      switch column(name) {
      case .skip: nil
      case .expression(let sql): (name, name, "\(sql) as \(SQLIdentifier.quote(name))")
      case .renamed(let other): (name, other, SQLIdentifier.quote(name))
      case .keep, .rewritten: (name, name, SQLIdentifier.quote(name))
      }
    }
  }

  /// Whether the bytes of a copy must be read on their way.
  package func mustRead(_ columns: [String]) -> Bool {
    repairsEncoding || columns.contains { column($0) == .rewritten }
  }

  /// What rewrites whole rows of a copy with these columns, in COPY's text format; `nil` when nobody need read them.
  package func rewriting(_ columns: [String]) -> (@Sendable ([UInt8]) throws -> [UInt8])? {
    guard mustRead(columns) else { return nil }
    return { [self] bytes in try rewritten(bytes, columns) }
  }

  private func rewritten(_ bytes: [UInt8], _ columns: [String]) throws -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    let isRewritten = columns.map { column($0) == .rewritten }
    var start = bytes.startIndex
    while start < bytes.endIndex {
      let end = bytes[start...].firstIndex(of: 0x0a) ?? bytes.endIndex
      let fields = try COPYText.fields(of: bytes[start..<end])
      for (index, field) in fields.enumerated() {
        if index > 0 { out.append(0x09) }
        var text = field.map { String(decoding: $0, as: UTF8.self) }
        if index < columns.count, isRewritten[index] { text = try rewrite(columns[index], text) }
        if let text { COPYText.append(text.utf8, to: &out) } else { COPYText.appendNull(to: &out) }
      }
      out.append(0x0a)
      start = end + 1
    }
    return out
  }
}
