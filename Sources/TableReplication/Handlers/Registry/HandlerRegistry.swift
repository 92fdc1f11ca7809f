import EventFormats

/// The handlers that there are, by name.
package struct HandlerRegistry: Sendable {
  /// One that can be made.
  package struct Entry: Sendable {
    package var description: HandlerDescription
    package var make: @Sendable (HandlerContext, HandlerArguments) throws(HandlerError) -> any TableHandler

    package init<Handler: TableHandler>(_ type: Handler.Type) {
      description = Handler.description
      make = { context, arguments throws(HandlerError) in try Handler(context, arguments) }
    }

    init(preset: DispatchPreset) {
      description = HandlerDescription(
        [preset.name], preset.summary + ". Every argument of dispatch can be given.",
        DispatchHandler.description.arguments)
      make = { context, arguments throws(HandlerError) in
        try DispatchHandler(context, arguments, preset: preset)
      }
    }
  }

  package private(set) var entries: [Entry]

  /// Those that come with Trunkline.
  package static let standard: HandlerRegistry = {
    var registry = HandlerRegistry(entries: [
      Entry(DefaultHandler.self), Entry(NoopHandler.self), Entry(VirtualTableHandler.self),
      Entry(QueueTableHandler.self), Entry(QueueSplitterHandler.self), Entry(ApplyFunctionHandler.self),
      Entry(MultimasterHandler.self), Entry(ShardHandler.self), Entry(BulkHandler.self), Entry(DispatchHandler.self),
      Entry(ObfuscateHandler.self),
    ])
    registry.entries += DispatchPreset.all.map(Entry.init(preset:))
    return registry
  }()

  /// Adds a handler of your own; of two with one name, the later one counts.
  package mutating func add<Handler: TableHandler>(_ type: Handler.Type) { entries.insert(Entry(type), at: 0) }

  /// The entry of a name.
  ///
  /// - Throws: ``HandlerError`` that lists the known ones.
  package func entry(_ name: String) throws(HandlerError) -> Entry {
    guard let entry = entries.first(where: { $0.description.names.contains(name) }) else {
      let presets = Set(DispatchPreset.all.map(\.name))
      let known = entries.map(\.description.name).filter { !presets.contains($0) }
      throw HandlerError(
        "there is no handler '\(name)'",
        remedy: "use one of \(known.joined(separator: ", ")), or a preset of dispatch such as daily_event")
    }
    return entry
  }

  /// Makes the handler of a table.
  ///
  /// - Parameter spec: `nil`: the table follows the changes.
  /// - Throws: ``HandlerError`` with the table's name.
  package func make(_ spec: HandlerSpec?, _ context: HandlerContext) throws(HandlerError) -> any TableHandler {
    do {
      let spec = spec ?? HandlerSpec("londiste")
      let entry = try entry(spec.name)
      return try entry.make(context, HandlerArguments(spec, of: entry.description))
    } catch {
      var error = error
      error.table = error.table ?? context.table.unquoted
      throw error
    }
  }
}
