import NodeCascade
import PostgresClient
import ServiceRuntime
import TableStructure

extension ReplicationSet {
  /// Ends the replication of tables here; on the root they leave the set. Rows and tables stay.
  ///
  /// - Parameter patterns: names and patterns; `nil`: all that are replicated here.
  /// - Throws: ``SetError``, `PostgresError`.
  public func removeTables(
    _ patterns: [String]?, isDry: Bool = false, report: (SetResult) throws -> Void
  ) async throws {
    for table in try await localTables(patterns) {
      let step = SetStep.call("londiste.local_remove_table", .text(queue), .text(table.name))
      try report(try await perform([step], table.name, "removed", isDry))
    }
  }

  /// Lets tables be copied again, whole.
  ///
  /// - Parameter copySource: from where; kept with the table until the next time.
  /// - Throws: ``SetError`` on the root, and when the source does not have a table; `PostgresError`.
  public func resyncTables(
    _ patterns: [String]?, from copySource: TableOptions.CopySource = .provider, isDry: Bool = false,
    report: (SetResult) throws -> Void
  ) async throws {
    guard type != .root else {
      throw SetError("node \(node) is the root of queue \"\(queue)\": its tables are the originals")
    }
    let all = try await localTables(patterns)
    // of those without rows of their own there is nothing to copy
    let tables = all.filter { TableOptions.storesData($0.attributes.handlerName) }
    for table in all where !tables.contains(table) { try report(SetResult(table.name, "has no rows of its own")) }
    guard !tables.isEmpty else { return }
    let source = try await copyNode(copySource, for: tables.map(\.name))
    let there = try await withNode(source) { try await SetSource($0).tables }
    for table in tables {
      guard there[table.name]?.isLocal == true else {
        throw SetError(
          "table \(table.name) is not replicated on node \(source)",
          hint: "copy from another node: --find-copy-node, --copy-node; or add it there first")
      }
      var attributes = table.attributes
      attributes.copyNode = source == provider ? nil : source
      var steps: [SetStep] = []
      if attributes != table.attributes {
        steps.append(
          .call("londiste.local_set_table_attrs", .text(queue), .text(table.name), .text(attributes.text)))
      }
      if table.hasParkedDefinition { steps += try await restoring(table) }
      steps.append(
        .call("londiste.local_set_table_state", .text(queue), .text(table.name), .text(nil), .text(nil)))
      try report(try await perform(steps, table.name, "will be copied again", isDry))
    }
  }

  /// Indexes and keys that a copy took down come back; incomplete rows go.
  private func restoring(_ table: RegisteredTable) async throws -> [SetStep] {
    let row = try await connection.query(
      """
      select t.dropped_ddl, c.relkind = 'r'
      from londiste.table_info t
      join pg_class c on c.oid = londiste.find_table_oid(coalesce(t.dest_table, t.table_name))
      where t.queue_name = \(queue) and t.table_name = \(table.name) and t.dropped_ddl is not null
      """
    ).first
    guard let (text, isPlain) = try row?.decode(String.self, Bool.self) else { return [] }
    return [
      // not a change of this node's own, which its triggers would refuse
      .statement("select londiste.set_session_replication_role('replica', true)"),
      .statement("truncate \(isPlain ? "only " : "")\(table.localName.quoted)"), .statement(text),
      .call("londiste.local_set_table_struct", .text(queue), .text(table.name), .text(nil)),
    ]
  }

  /// Replaces handler and triggers of tables; nothing is copied again.
  ///
  /// - Throws: ``SetError``, `PostgresError`.
  public func changeHandler(
    _ patterns: [String], _ options: TableOptions, isDry: Bool = false, report: (SetResult) throws -> Void
  ) async throws {
    for table in try await localTables(patterns) {
      var attributes = table.attributes
      attributes.handler = options.handler
      attributes.setConflict(options.conflict, keepsRows: options.keepsConflictRows)
      if let condition = options.capture.when { attributes.condition = condition }
      var capture = options.capture
      capture.when = capture.when ?? attributes.condition
      if capture.columns == nil, capture.ignore == nil {
        (capture.columns, capture.ignore) = (attributes.columns, attributes.ignore)
      }
      attributes.setColumns(capture, triggerArguments: options.triggerArguments)
      let arguments = options.isVirtual ? ["virtual_table"] : options.triggers(capture)
      let step = SetStep.call(
        "londiste.local_change_handler", .text(queue), .text(table.name), .list(arguments), .text(attributes.text))
      try report(try await perform([step], table.name, "changed", isDry))
    }
  }

  /// Waits until all tables here are in sync.
  ///
  /// - Parameter report: told whenever the number changes.
  /// - Throws: ``SetError`` when the patience is over, naming the tables; `PostgresError`; `CancellationError`.
  public func waitUntilInSync(
    patience: Duration, report: (_ inSync: Int, _ total: Int) -> Void
  ) async throws {
    let start = ContinuousClock.now
    var last = -1
    while true {
      let tables = try await tables().filter(\.isLocal)
      let waiting = tables.filter { !$0.isInSync }
      if tables.count - waiting.count != last {
        last = tables.count - waiting.count
        report(last, tables.count)
      }
      guard !waiting.isEmpty else { return }
      guard start.duration(to: .now) < patience else {
        let names = waiting.map { "\($0.name) (\($0.state ?? "not begun"))" }.joined(separator: ", ")
        throw SetError(
          "gave up after \(patience): \(waiting.count) of \(tables.count) tables of queue \"\(queue)\" are not in sync: \(names)",
          hint: "is the worker of node \(node) running? See: trunkline node status", exitCode: .temporary)
      }
      try await Task.sleep(for: .milliseconds(250))
    }
  }

  /// Tables that are replicated here, all or those that are named.
  ///
  /// - Throws: ``SetError`` for a name that is none of them; `PostgresError`.
  func localTables(_ patterns: [String]?) async throws -> [RegisteredTable] {
    let all = try await tables().filter(\.isLocal)
    guard let patterns else { return all }
    let (names, unknown) = SetNames.resolve(patterns, among: all.map(\.name))
    guard unknown.isEmpty else {
      throw SetError(
        "\(unknown.joined(separator: ", ")): not replicated on node \(node) for queue \"\(queue)\"",
        hint: "see what is: trunkline table list")
    }
    return names.compactMap { name in all.first { $0.name == name } }
  }

  func perform(_ steps: [SetStep], _ name: String, _ result: String, _ isDry: Bool) async throws -> SetResult {
    guard !isDry else { return SetResult(name, "planned", sql: steps.map(\.sql)) }
    return SetResult(name, result, warnings: try await connection.perform(steps))
  }
}
