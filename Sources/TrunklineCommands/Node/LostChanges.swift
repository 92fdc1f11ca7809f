import EventFormats
import Foundation

/// What a file of lost events says of each table.
struct LostChanges {
  /// Changes of one table.
  struct Table: Encodable {
    var table: String
    var inserts = 0, updates = 0, deletes = 0, truncates = 0
    /// Whether the events say how all rows were before.
    var isReversible = true
  }

  private(set) var tables: [Table] = []
  /// Events that are no changes of tables.
  private(set) var others = 0

  init(file: String) throws {
    guard let handle = FileHandle(forReadingAtPath: file) else {
      throw CommandError("cannot read \(file)", hint: "the node is resurrected, but the file is needed for the report")
    }
    defer { try? handle.close() }
    var rest = Data()
    while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
      rest.append(piece)
      guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { continue }
      for line in rest[..<end].split(separator: UInt8(ascii: "\n")) {
        try count(String(decoding: line, as: UTF8.self))
      }
      rest = Data(rest[(end + 1)...])
    }
    tables.sort { $0.table < $1.table }
  }

  private mutating func count(_ line: String) throws {
    let event = try JSONValue(parsing: line)
    let text = { (name: String) -> String? in
      if case .string(let text) = event[name] { text } else { nil }
    }
    guard let table = text("ev_extra1"), let operation = Self.operation(text("ev_type") ?? "") else {
      others += 1
      return
    }
    let index = tables.firstIndex { $0.table == table } ?? tables.endIndex
    if index == tables.endIndex { tables.append(Table(table: table)) }
    switch operation {
    case .insert: tables[index].inserts += 1
    case .update: tables[index].updates += 1
    case .delete: tables[index].deletes += 1
    case .truncate: tables[index].truncates += 1
    }
    // events of deletes have the row, except those that are SQL
    let hasRow = operation == .insert || (operation == .delete && (text("ev_type") ?? "").count > 1)
    if !hasRow, text("ev_extra2") == nil { tables[index].isReversible = false }
  }

  /// `I`, `I:key`, or the JSON form.
  private static func operation(_ type: String) -> ChangeOperation? {
    if type.hasPrefix("{") { return try? ChangeHeader(parsing: type).operation }
    guard let letter = type.first, type.count == 1 || type.dropFirst().first == ":" else { return nil }
    return ChangeOperation(letter: letter)
  }
}
