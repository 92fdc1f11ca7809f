import EventFormats
package import PostgresClient

/// Tells the rows of a node's shard by a hash: in copies by SQL, in events by what the root wrote into ev_extra3, and where it
/// wrote nothing, by asking the target for the hash of the event's row.
package struct ShardFilter: Sendable {
  private let table: QualifiedName
  private let destination: QualifiedName
  /// SQL over the table's columns.
  private let hash: String
  private let query: String?
  private var hasTable = false
  /// The node's part; `nil` before ``start(_:table:)``.
  package var part: ShardPart?
  /// Hashes that were asked for, by the event's id: of its row, and of what the row was before.
  package var hashes: [Int64: Int64] = [:], formerHashes: [Int64: Int64] = [:]

  /// The arguments that say by what is hashed.
  package static let arguments: [HandlerDescription.Argument] = [
    .init("hashfunc", text: "the hash function (partconf.get_hash_raw, or the worker's shard_hash_func)"),
    .init("hashexpr", "hash_expr", text: "SQL over the table's columns that gives the hash, instead of hashfunc(key)"),
  ]

  /// - Throws: ``HandlerError`` when arguments do not go together.
  package init(_ context: HandlerContext, _ arguments: HandlerArguments) throws(HandlerError) {
    table = context.table
    destination = context.destination
    query = context.settings.shardQuery
    if let expression = arguments.text("hashexpr", "hash_expr"), !expression.isEmpty {
      guard arguments.text("hashfunc") == nil else {
        throw HandlerError("hashexpr and hashfunc do not go together", remedy: "leave one of them out")
      }
      hash = "(\(expression))"
    } else {
      let key = SQLIdentifier.quote(try arguments.required("hash_key", "key"))
      let function = arguments.text("hashfunc") ?? context.settings.shardHashFunction
      do {
        hash = "\(try QualifiedName(parsing: function).quoted)(\(key))"
      } catch {
        throw HandlerError("hashfunc=\(function) is no function's name", remedy: "write schema.function")
      }
    }
  }

  /// What makes the root's trigger write the hash into events.
  package var triggerArgument: String { "ev_extra3='hash='||\(hash)" }

  /// The rows of the shard, in SQL; `nil` before ``start(_:table:)``.
  package var condition: String? { part.map { "(\(hash) & \($0.mask)) = \($0.number)" } }

  package mutating func start(_ target: PostgresConnection, table: LoadTable?) async throws {
    part = try await ShardPart.read(target, query: query)
    hasTable = table != nil
  }

  package mutating func begin() {
    hashes = [:]
    formerHashes = [:]
  }

  /// Asks for the hashes of events that carry none.
  ///
  /// - Throws: ``ApplyError`` when the node does not have the table, whose types tell the hash; `PostgresError`.
  package mutating func prepare(_ events: [HandledEvent], _ target: PostgresConnection) async throws {
    var rows: [(id: Int64, isFormer: Bool, row: String)] = []
    for event in events where Self.writtenHash(event) == nil {
      // What cannot be read is reported when it is handled.
      guard let change = try? event.change(), change.operation != .truncate else { continue }
      rows.append((event.id, false, JSONRow.encode(change.columns)))
      if change.operation == .update, let former = change.before ?? Self.merged(change.oldKey, change.columns) {
        rows.append((event.id, true, JSONRow.encode(former)))
      }
    }
    guard let first = rows.first else { return }
    guard hasTable else {
      throw ApplyError(
        table: table, event: first.id, reason: "the event has no hash, and this node has no table to tell it by",
        remedy: "add the table to the root with the handler, so that its trigger writes the hash")
    }
    let found = try await target.query(
      """
      select (\(raw: hash))::int8 from unnest(\(rows.map(\.row))::text[]) with ordinality as tl_u (tl_row, tl_n),
        lateral json_populate_record(null::\(raw: destination.quoted), tl_u.tl_row::json) as tl_t
      order by tl_n
      """)
    for (row, answer) in zip(rows, found) {
      guard let hash = try answer.decode(0, as: Int64?.self) else { continue }
      if row.isFormer { formerHashes[row.id] = hash } else { hashes[row.id] = hash }
    }
  }

  /// The row with the values of its old key.
  private static func merged(_ key: [ColumnValue]?, _ columns: [ColumnValue]) -> [ColumnValue]? {
    guard let key else { return nil }
    return columns.map { column in key.first { $0.name == column.name } ?? column }
  }

  private static func writtenHash(_ event: HandledEvent) -> Int64? {
    guard let extra = event.extra3, extra.hasPrefix("hash=") else { return nil }
    return Int64(extra.dropFirst(5))
  }

  /// Whether the event's row is one of the shard, and whether it was one before the event, if that is known.
  ///
  /// - Throws: ``UnreadableEvent`` when the row has no hash.
  package func membership(_ event: HandledEvent) throws -> (isInside: Bool, wasInside: Bool) {
    guard let part else { return (false, false) }
    guard let hash = Self.writtenHash(event) ?? hashes[event.id] else {
      throw UnreadableEvent(table: table, reason: "the event's row has no hash: \(self.hash) is NULL")
    }
    let isInside = part.has(hash)
    return (isInside, formerHashes[event.id].map(part.has) ?? isInside)
  }
}
