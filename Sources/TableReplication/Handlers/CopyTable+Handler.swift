import EventFormats
import PostgresClient

extension CopyTable {
  /// Takes over what the table's handler says of its copy into a node.
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
      let spec = try RegisteredAttributes.reading(attributes).handlerSpec
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
    } catch let error as HandlerError {
      throw ApplyError(
        table: target, reason: error.problem, remedy: "\(error.remedy): trunkline table change-handler")
    }
  }
}
