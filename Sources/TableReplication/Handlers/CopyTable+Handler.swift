import EventFormats
import PostgresClient
import TableStructure

extension CopyTable {
  /// Takes over what the table's handler and the choice of columns say of its copy into a node.
  ///
  /// - Parameters:
  ///   - name: the table's name in the set.
  ///   - attributes: as `londiste.table_info` has them.
  ///   - local: the node's database, which is asked for its shard.
  /// - Throws: ``ApplyError`` when the attributes make no sense or the node lacks something; `PostgresError`.
  mutating func obey(
    _ attributes: String?, of name: String, _ local: PostgresConnection, registry: HandlerRegistry = .standard,
    settings: HandlerSettings = HandlerSettings()
  ) async throws {
    do {
      let attributes = try RegisteredAttributes.reading(attributes)
      try await obey(attributes.handlerSpec, of: name, local, registry, settings)
      let key = try await TableShape.read(target, local)?.primaryKey ?? []
      if let isCopied = attributes.isCopied(key: key) { rule = (rule ?? CopyRule()).limited(to: isCopied) }
    } catch let error as HandlerError {
      throw ApplyError(
        table: target, reason: error.problem, remedy: "\(error.remedy): trunkline table change-handler")
    }
  }

  private mutating func obey(
    _ spec: HandlerSpec?, of name: String, _ local: PostgresConnection, _ registry: HandlerRegistry,
    _ settings: HandlerSettings
  ) async throws {
    guard let spec else { return }
    var handler = try registry.make(
      spec, HandlerContext(table: try QualifiedName(unquoted: name), destination: target, settings: settings))
    if handler.isPassThrough { return }
    let table = handler.need == .nothing ? nil : try await LoadTable.read(handler.destination, local)
    try await handler.start(local, table: table)
    target = handler.destination
    rule = handler.copy
    // Nothing comes, so what is there stays.
    if handler.copy.isWanted == false { appends = true }
  }
}
