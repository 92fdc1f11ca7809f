import NodeCascade
import PostgresClient
import ServiceRuntime
import TableStructure

/// What another node knows of the set: from there tables are copied, and made.
struct SetSource: Sendable {
  var set: ReplicationSet
  var tables: [String: RegisteredTable]

  init(_ set: ReplicationSet) async throws {
    self.set = set
    tables = Dictionary(uniqueKeysWithValues: try await set.tables().map { ($0.name, $0) })
  }

  /// What is captured of a table there, if a generated capture does it.
  func capture(_ table: RegisteredTable) async throws -> CaptureOptions? {
    let isThere: Bool? = try await set.connection.query(
      "select to_regclass('trunkline.capture') is not null"
    ).first?.decode(0)
    guard isThere == true else { return nil }
    let row = try await set.connection.query(
      """
      select case when o ? 'key' then array(select jsonb_array_elements_text(o -> 'key')) end,
             case when o ? 'columns' then array(select jsonb_array_elements_text(o -> 'columns')) end,
             case when o ? 'ignore' then array(select jsonb_array_elements_text(o -> 'ignore')) end,
             o ->> 'when', coalesce((o ->> 'before')::bool, false)
      from trunkline.capture c cross join lateral (select c.definition -> 'options') x (o)
      where c.queue_name = \(set.queue) and c.table_oid = londiste.find_table_oid(\(table.localName.unquoted))
      """
    ).first
    guard let row else { return nil }
    return CaptureOptions(
      key: try row.decode(0), columns: try row.decode(1), ignore: try row.decode(2), when: try row.decode(3),
      before: try row.decode(4), originOnly: true)
  }

  /// The key by which a generated capture there tells rows apart, chosen or found.
  func capturedKey(_ table: RegisteredTable) async throws -> [String]? {
    try await set.connection.query(
      """
      select array(select k ->> 'name' from jsonb_array_elements(c.definition -> 'key') k)
      from trunkline.capture c
      where c.queue_name = \(set.queue) and c.table_oid = londiste.find_table_oid(\(table.localName.unquoted))
      """
    ).first?.decode(0)
  }
}

extension ReplicationSet {
  /// Makes tables and sequences of the provider's known here, none of them replicated.
  func learnFromProvider() async throws {
    guard type != .root else { return }
    let (tables, sequences) = (try await tables(), try await sequences())
    let steps = try await withNode(provider) { provider in
      let known = Set(tables.map(\.name))
      var steps = try await provider.tables().filter { !known.contains($0.name) }.map {
        SetStep.call("londiste.global_add_table", .text(queue), .text($0.name))
      }
      let knownSequences = Set(sequences.map(\.name))
      steps += try await provider.sequences().filter { !knownSequences.contains($0.name) }.map {
        SetStep.call("londiste.global_update_seq(\(quotedLiteral(queue)), \(quotedLiteral($0.name)), \($0.published))")
      }
      return steps
    }
    if !steps.isEmpty { _ = try await connection.perform(steps) }
  }

  /// The node from which these tables are copied.
  ///
  /// - Throws: ``SetError`` when no node on the way to the root has all of them.
  func copyNode(_ source: TableOptions.CopySource, for names: [String]) async throws -> String {
    switch source {
    case .provider: return provider
    case .node(let name): return name
    case .firstWithData:
      var (next, passed): (String, [String]) = (provider, [])
      while !passed.contains(next) {
        passed.append(next)
        let (hasAll, above, isRoot) = try await withNode(next) { set in
          let tables = try await SetSource(set).tables
          let hasAll = names.allSatisfy { name in
            tables[name].map { $0.isInSync && TableOptions.storesData($0.attributes.handlerName) } ?? false
          }
          return (hasAll, set.provider, set.type == .root)
        }
        if hasAll { return next }
        if isRoot { break }
        next = above
      }
      throw SetError(
        "no node on the way to the root has \(names.joined(separator: ", ")); asked: \(passed.joined(separator: ", "))",
        hint: "name one with --copy-node, or add the tables in several steps", exitCode: .temporary)
    }
  }

  /// Sequences that the columns of a table here own or take numbers from, as sets name them.
  func sequences(of table: CatalogName) async throws -> [String] {
    try await connection.query(
      """
      select distinct n.nspname || '.' || c.relname
      from pg_depend d
      join pg_class c on c.oid = d.objid and c.relkind = 'S'
      join pg_namespace n on n.oid = c.relnamespace
      where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass
        and d.refobjid = londiste.find_table_oid(\(table.unquoted)) and d.deptype in ('a', 'i')
      order by 1
      """
    ).map { try $0.decode(0) }
  }

  /// Whether a table is there.
  func exists(_ table: CatalogName) async throws -> Bool {
    try await connection.query("select londiste.find_table_oid(\(table.unquoted)) is not null").first?.decode(0)
      ?? false
  }
}
