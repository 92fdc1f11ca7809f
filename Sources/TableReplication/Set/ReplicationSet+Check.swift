import NodeCascade
import PostgresClient
public import TableStructure

/// What is not as it should be with a table of a set on a node.
public struct SetFinding: Codable, Sendable, Equatable {
  /// The table's name in the set.
  public var table: String
  /// What differs from the provider, or is wrong by itself.
  public var difference: StructureDifference
}

/// Whether a generated capture works.
private struct CaptureState {
  var state: String
  var detail: String?, remedy: String?
}

extension ReplicationSet {
  /// Compares tables here with those of the provider, and looks at their triggers.
  ///
  /// - Parameter patterns: names and patterns; `nil`: all that are replicated here.
  /// - Returns: the tables that were looked at, and what was found.
  /// - Throws: ``SetError``, `PostgresError`.
  public func check(_ patterns: [String]? = nil) async throws -> (tables: [String], findings: [SetFinding]) {
    let tables = try await localTables(patterns)
    let captures = try await captureStates()
    var findings: [SetFinding] = []
    for table in tables {
      guard try await exists(table.localName) else {
        if table.attributes.handlerName == nil {
          findings.append(
            SetFinding(
              table: table.name,
              difference: .init(
                .table, table.localName.unquoted, here: nil, there: nil, isSerious: true,
                remedy: "trunkline table remove \(table.name)")))
        }
        continue
      }
      findings += try await triggerFindings(table, captures[table.localName])
    }
    guard type != .root else { return (tables.map(\.name), findings) }
    let pending = try await pendingForeignKeys()
    findings += try await withNode(provider) { provider in
      let source = try await SetSource(provider)
      var findings: [SetFinding] = []
      for table in tables { findings += try await differences(table, source, pending) }
      return findings
    }
    return (tables.map(\.name), findings)
  }

  private func differences(
    _ table: RegisteredTable, _ source: SetSource, _ pending: Set<String>
  ) async throws -> [SetFinding] {
    guard let theirs = source.tables[table.name],
      let there = try await TableDefinition.read(theirs.localName, source.set.connection),
      let here = try await TableDefinition.read(table.localName, connection)
    else { return [] }
    let capture = try await source.capture(theirs)
    var ignored = Set(capture?.ignore ?? [])
    if let columns = capture?.columns {
      let key = Set(here.keyColumns)
      ignored.formUnion(there.columns.map(\.name).filter { !columns.contains($0) && !key.contains($0) })
    }
    return StructureComparison.differences(here: here, there: there, ignored: ignored, known: pending).map {
      SetFinding(table: table.name, difference: $0)
    }
  }

  private func pendingForeignKeys() async throws -> Set<String> {
    Set(try await connection.query("select fkey_name from londiste.pending_fkeys").map { try $0.decode(0) })
  }

  /// The generated captures into the queue; looked at once, as that takes its time.
  private func captureStates() async throws -> [CatalogName: CaptureState] {
    let rows = try await connection.query(
      """
      select n.nspname, t.relname, k.state, k.detail, k.remedy
      from trunkline.capture_check() k
      join trunkline.capture c on c.queue_name = k.queue_name and k.table_name = format('%I.%I', c.schema_name, c.table_name)
      join pg_class t on t.oid = c.table_oid join pg_namespace n on n.oid = t.relnamespace
      where c.queue_name = \(queue)
      """)
    var states: [CatalogName: CaptureState] = [:]
    for row in rows {
      states[CatalogName(try row.decode(0), try row.decode(1))] = CaptureState(
        state: try row.decode(2), detail: try row.decode(3), remedy: try row.decode(4))
    }
    return states
  }

  /// Every node but a leaf captures changes, so that it can become the root; a leaf refuses them.
  private func triggerFindings(_ table: RegisteredTable, _ capture: CaptureState?) async throws -> [SetFinding] {
    let name = table.localName.unquoted
    let rows = try await connection.query(
      """
      select t.tgname, t.tgenabled::text
      from pg_trigger t
      where t.tgrelid = londiste.find_table_oid(\(name)) and not t.tgisinternal
        and t.tgname in ('_londiste_' || \(queue), 'zzz__londiste_' || \(queue))
      """)
    var findings: [SetFinding] = []
    for row in rows {
      let (trigger, enabled) = try row.decode(String.self, String.self)
      if enabled != "O" {
        findings.append(
          SetFinding(
            table: table.name,
            difference: .init(
              .trigger, trigger, here: enabled == "D" ? "disabled" : "fires for replicated changes", there: "enabled",
              isSerious: true,
              remedy: "alter table \(table.localName.quoted) enable trigger \(quotedIdentifier(trigger))")
          ))
      }
    }
    if let capture, capture.state != "ok" {
      findings.append(
        SetFinding(
          table: table.name,
          difference: .init(
            .trigger, "capture", here: "\(capture.state)\(capture.detail.map { ": " + $0 } ?? "")", there: nil,
            isSerious: capture.state != "stale", remedy: capture.remedy)))
    }
    if rows.isEmpty, capture == nil, table.attributes.handlerName == nil {
      findings.append(
        SetFinding(
          table: table.name,
          difference: .init(
            .trigger, "of the queue", here: nil,
            there: type == .leaf ? "refuses changes" : "captures changes", isSerious: type == .root,
            remedy: "trunkline table change-handler --queue \(queue) \(table.name)")))
    }
    return findings
  }
}

extension TableDefinition {
  /// Names of the columns of the primary key.
  fileprivate var keyColumns: [String] {
    guard let text = primaryKey?.text, let open = text.firstIndex(of: "("), let close = text.firstIndex(of: ")") else {
      return []
    }
    return columns.map(\.name).filter { name in
      text[text.index(after: open)..<close].split(separator: ",").contains { part in
        part.drop { $0 == " " } == name || part.drop { $0 == " " } == quotedIdentifier(name)
      }
    }
  }
}
