import EventFormats
import Logging

/// The handlers and conflict policies of a set's tables, made of their attributes and kept while these stay the same.
struct SetHandlers: Sendable {
  private let place: ApplyPlace
  private let registry: HandlerRegistry
  private let settings: HandlerSettings
  private let defaults: ConflictPolicies
  private let logger: Logger
  private var known: [String]?
  private(set) var set = HandlerSet()
  private(set) var policies = ConflictPolicies()
  /// Asks the handlers; `nil` when none is asked.
  private(set) var stage: HandlerStage?
  /// Looks for conflicts; `nil` when nobody looks.
  private(set) var conflicts: ConflictFilter?

  init(
    _ place: ApplyPlace, _ registry: HandlerRegistry, _ settings: HandlerSettings, _ defaults: ConflictPolicies,
    _ logger: Logger
  ) {
    self.place = place
    self.registry = registry
    self.settings = settings
    self.defaults = defaults
    self.logger = logger
  }

  /// The tables whose handlers are asked about each event, by their names in the set.
  var asked: Set<String> { Set(set.askedTables) }

  /// Takes the tables that are applied now.
  ///
  /// - Returns: whether anything is new.
  /// - Throws: ``ApplyError`` naming the table whose attributes make no sense.
  mutating func update(_ tables: [AppliedTable]) throws -> Bool {
    let state = tables.map { "\($0.name)\n\($0.destination.quoted)\n\($0.attributes ?? "")" }.sorted()
    guard state != known else { return false }
    var set = HandlerSet()
    var policies = defaults
    for table in tables {
      do {
        let attributes = try TableAttributes.reading(table.attributes)
        let name = try QualifiedName(unquoted: table.name)
        let handler = try registry.make(
          attributes.handlerSpec, HandlerContext(table: name, destination: table.destination, settings: settings))
        set.add(handler, for: name)
        if let policy = try attributes.conflict ?? handler.conflict { policies.tables[handler.destination] = policy }
        if attributes.keepsConflictRows { policies.tablesWithRows.insert(handler.destination) }
      } catch let error as HandlerError {
        throw ApplyError(
          table: try? QualifiedName(unquoted: table.name), reason: error.problem,
          remedy: "\(error.remedy): trunkline table change-handler")
      }
    }
    self.set = set
    self.policies = policies
    stage = set.isPassThrough ? nil : HandlerStage(set, place, logger)
    conflicts = policies.isEmpty ? nil : ConflictFilter(policies, place, logger)
    known = state
    return true
  }
}
