import EventFormats

extension RegisteredAttributes {
  /// The handler with its arguments; `nil`: the table follows the changes.
  ///
  /// - Throws: ``HandlerError`` when it does not parse.
  package var handlerSpec: HandlerSpec? {
    get throws(HandlerError) {
      guard let handler else { return nil }
      return try HandlerSpec(parsing: handler)
    }
  }

  /// What happens when a change meets a row that the source does not expect; `nil`: nobody looks, the change is written.
  ///
  /// - Throws: ``HandlerError`` when it does not parse.
  package var conflict: ConflictPolicy? {
    get throws(HandlerError) {
      guard let text = others["conflict"] else { return nil }
      return try ConflictPolicy(parsing: text)
    }
  }

  /// Whether the rows of conflicts are kept in `trunkline.conflict_row`.
  package var keepsConflictRows: Bool { others["conflict_rows"] == "1" }

  /// Sets what happens in conflicts.
  package mutating func setConflict(_ policy: ConflictPolicy?, keepsRows: Bool) {
    others["conflict"] = policy?.description
    others["conflict_rows"] = keepsRows ? "1" : nil
  }

  /// Sets which columns are copied: those that are captured.
  ///
  /// - Parameter triggerArguments: of the triggers of Londiste, which may name columns to ignore.
  mutating func setColumns(_ capture: CaptureOptions, triggerArguments: [String]) {
    columns = capture.columns.map { columns in (capture.key ?? []).filter { !columns.contains($0) } + columns }
    ignore = capture.ignore.flatMap { $0.isEmpty ? nil : $0 }
    for argument in triggerArguments where argument.hasPrefix("ignore=") {
      ignore = (ignore ?? []) + argument.dropFirst("ignore=".count).split(separator: ",").map(String.init)
    }
  }

  /// Which columns a copy brings; `nil`: all.
  ///
  /// - Parameter key: columns that are brought in any case.
  func isCopied(key: [String]) -> (@Sendable (String) -> Bool)? {
    guard columns != nil || ignore != nil else { return nil }
    let only = columns.map { Set($0).union(key) }
    let ignored = Set(ignore ?? [])
    return { only?.contains($0) != false && !ignored.contains($0) }
  }

  /// Reads a table's attributes.
  ///
  /// - Throws: ``HandlerError`` when the text does not parse.
  static func reading(_ text: String?) throws(HandlerError) -> RegisteredAttributes {
    do { return try RegisteredAttributes(parsing: text) } catch {
      throw HandlerError(
        "the table's attributes do not parse: \(error)", remedy: "set them anew")
    }
  }
}

extension HandlerRegistry {
  /// Checks name and arguments of a handler without what only the worker's machine has.
  ///
  /// - Throws: ``HandlerError`` that names the known ones.
  package func check(_ spec: HandlerSpec) throws(HandlerError) {
    let entry = try entry(spec.name)
    _ = try HandlerArguments(spec, of: entry.description)
    guard entry.description.name != ObfuscateHandler.description.name else { return }
    _ = try entry.make(HandlerContext(table: Self.anyTable()), HandlerArguments(spec, of: entry.description))
  }

  /// What a handler adds to the arguments of the table's trigger; nothing when it cannot be made here.
  func triggerArguments(_ text: String?) -> [String] {
    guard let text, let spec = try? HandlerSpec(parsing: text),
      let handler = try? make(spec, HandlerContext(table: Self.anyTable()))
    else { return [] }
    return handler.triggerArguments
  }

  private static func anyTable() throws(HandlerError) -> QualifiedName {
    do { return try QualifiedName(schema: "public", name: "t") } catch {
      throw HandlerError("no name is possible: \(error)", remedy: "report this")
    }
  }
}
