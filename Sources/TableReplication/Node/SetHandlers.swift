import EventFormats
import EventQueue
import Logging

/// The handlers and conflict policies of a set's tables, made of their attributes and kept while these stay the same.
struct SetHandlers: Sendable {
  private let place: ApplyPlace
  private let registry: HandlerRegistry
  private let settings: HandlerSettings
  private let defaults: ConflictPolicies
  private let logger: Logger
  /// Whether the tables' conflict policies count: not while a copy catches up, whose rows are of several moments.
  private let looksForConflicts: Bool
  private var known: [String]?
  private(set) var set = HandlerSet()
  private(set) var policies = ConflictPolicies()
  /// Asks the handlers; `nil` when none is asked.
  private(set) var stage: HandlerStage?
  /// Looks for conflicts; `nil` when nobody looks.
  private(set) var conflicts: ConflictFilter?

  init(
    _ place: ApplyPlace, _ registry: HandlerRegistry, _ settings: HandlerSettings, _ defaults: ConflictPolicies,
    _ logger: Logger, looksForConflicts: Bool = true
  ) {
    self.looksForConflicts = looksForConflicts
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
        let attributes = try RegisteredAttributes.reading(table.attributes)
        let name = try QualifiedName(unquoted: table.name)
        let handler = try registry.make(
          attributes.handlerSpec, HandlerContext(table: name, destination: table.destination, settings: settings))
        set.add(handler, for: name)
        if looksForConflicts, let policy = try attributes.conflict ?? handler.conflict {
          policies.tables[handler.destination] = policy
        }
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

  /// What stages the events that cannot be taken as they are; `nil` when all can.
  ///
  /// - Throws: `FormatError` for a table's name that is none.
  func feed(_ plan: BatchPlan) throws -> LoadFeed? {
    guard !plan.isPlain else { return nil }
    var options = LoadOptions()
    options.handlers = set
    options.conflicts = policies
    options.rest = .stop
    options.namesTablesByExtra1 = true
    for table in plan.tables.values { options.tables[try QualifiedName(unquoted: table.name)] = table.destination }
    return LoadFeed(options, nil, logger, stage: stage)
  }

  /// A part of a batch as it is applied: what can be taken as it is beside what the feed stages.
  ///
  /// - Throws: ``ApplyError`` for an event that is no captured change.
  func work(
    _ part: BatchPlan.Part, of plan: BatchPlan, _ batch: EventBatch, _ feed: LoadFeed?
  ) throws -> TableApplier.Work {
    let plain = part.kinds.filter(\.isPlain), others = part.kinds.filter { !$0.isPlain }
    var work = TableApplier.Work(plan.selection(part, others.isEmpty ? plain : others, of: batch))
    if !others.isEmpty {
      work.feed = feed
      work.besides = plain.isEmpty ? nil : plan.selection(part, plain, of: batch)
    } else {
      work.groups = try plan.exactKinds(part).map { try StagedGroup.adding($0) }
    }
    return work
  }
}
