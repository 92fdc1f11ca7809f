import EventFormats
import PostgresClient
import ServiceRuntime
import TableComparison

/// Finds what `trunkline replicate` keeps in step between two databases.
struct ReplicaSelection {
  let options: ComparisonOptions
  let connection: ConnectionOptions
  let target: String

  func jobs() async throws -> [ComparisonJob] {
    let targetConfiguration = PostgresConfiguration(target, applicationName: "trunkline")
    guard !options.unaligned else {
      let databases = ComparedDatabases(
        source: connection.configuration, target: targetConfiguration, position: .none)
      return try options.named().map { ComparisonJob(databases: databases, table: ComparedTable($0, target: $1)) }
    }
    let origin = try await connection.withConnection { source in
      try await source.query("select origin_id from trunkline.origin").first?.decode(0, as: String.self) ?? ""
    }
    let (queue, consumer) = try await position(origin, targetConfiguration)
    let databases = ComparedDatabases(
      source: connection.configuration, target: targetConfiguration,
      position: .replica(queue: queue, consumer: consumer))
    let tables = try await connection.withConnection { try await captured(queue, $0) }
    return tables.map { ComparisonJob(databases: databases, table: $0) }
  }

  /// The only position that fits.
  private func position(_ origin: String, _ target: PostgresConfiguration) async throws -> (String, String) {
    let session = try await PostgresConnection.connect(target, logger: connection.noticeLogger)
    let rows: PostgresResult
    do {
      rows = try await session.query(
        """
        select queue_name, consumer_name from trunkline.position
        where origin_id = \(origin)::uuid and queue_name = coalesce(\(options.queue)::text, queue_name)
          and consumer_name = coalesce(\(options.consumer)::text, consumer_name)
        order by 1, 2
        """)
    } catch {
      await session.close()
      throw error
    }
    await session.close()
    let found = try rows.map { try $0.decode(String.self, String.self) }
    guard let only = found.first, found.count == 1 else {
      throw CommandError(
        found.isEmpty
          ? "nothing replicates from this source into the target"
          : "several workers replicate from this source into the target: "
            + found.map { "--queue \($0.0) --consumer \($0.1)" }.joined(separator: "; "),
        hint: found.isEmpty
          ? "compare databases that stand still with --unaligned" : "choose one",
        exitCode: .configuration)
    }
    return only
  }

  /// The named or all captured tables, narrowed to what the capture takes.
  private func captured(_ queue: String, _ source: PostgresConnection) async throws -> [ComparedTable] {
    let captures = try await source.query(
      """
      select schema_name, table_name, key_columns, columns, ignore, when_expr from trunkline.capture
      where queue_name = \(queue) order by 1, 2
      """
    ).map { row in
      var table = ComparedTable(try QualifiedName(schema: try row.decode(0), name: try row.decode(1)))
      table.key = try row.decode(2, as: [String]?.self) ?? []
      table.columns = try row.decode(3)
      table.ignored = Set(try row.decode(4, as: [String]?.self) ?? [])
      if let condition = try row.decode(5, as: String?.self) { table.conditions = [condition] }
      return table
    }
    let named = try options.named()
    guard !named.isEmpty else {
      guard !captures.isEmpty else {
        throw CommandError(
          "no table is captured into queue \"\(queue)\"", hint: "name the tables", exitCode: .configuration)
      }
      return captures
    }
    return try named.map { name, target in
      let full = name.schema == nil ? try QualifiedName(schema: "public", name: name.name.name) : name
      guard var table = captures.first(where: { $0.source == full }) else {
        throw CommandError(
          "table \(name.quoted) is not captured into queue \"\(queue)\"",
          hint: "see what is: trunkline table list; or compare tables that stand still with --unaligned",
          exitCode: .configuration)
      }
      if let target { table.target = target }
      return table
    }
  }
}
