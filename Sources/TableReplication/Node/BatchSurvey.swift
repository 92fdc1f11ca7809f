import EventFormats
import EventQueue
import PostgresClient

/// What a batch holds for a node: changes by kind, and messages of other nodes.
struct BatchSurvey: Sendable {
  var kinds: [EventKind]
  var messages: [SystemEvent]

  /// Reads a batch that lies at the provider.
  ///
  /// - Throws: ``ApplyError`` for a message that cannot be understood; `PostgresError`.
  static func read(_ batch: EventBatch, _ provider: PostgresConnection) async throws -> BatchSurvey {
    let select: PostgresQuery = """
      select ev_type, ev_extra1, \(raw: StagedGroup.columns) from (\(raw: batch.unorderedSQL)) e group by 1, 2
      """
    let isLarge = batch.estimatedEvents >= TableApplier.Way.streamedEvents
    let rows = try await isLarge ? provider.pipeline([Staging.withoutSorting, select])[1] : provider.query(select)
    let kinds = try rows.map { row in
      let (type, table, count, first, last, changes, bytes, oldest, newest) = try row.decode(
        String?.self, String?.self, Int.self, Int64.self, Int64.self, Int.self, Int64.self, Int64?.self, Int64?.self)
      var kind = EventKind(type: type ?? "", table: table, count: count, first: first, last: last)
      kind.keyChanges = changes
      kind.bytes = bytes
      if let oldest, let newest { kind.transactions = oldest...newest }
      return kind
    }
    let types = Set(kinds.map(\.type).filter(SystemEvent.isSystem))
    guard !types.isEmpty else { return BatchSurvey(kinds: kinds, messages: []) }
    let messages = try await provider.query(
      """
      select ev_id, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3 from (\(raw: batch.unorderedSQL)) e
      where ev_type = any (\(types.sorted())::text[]) order by ev_id
      """
    ).map { row in
      let (id, type, data, first, second, third) = try row.decode(
        Int64.self, String.self, String?.self, String?.self, String?.self, String?.self)
      return try SystemEvent(id: id, type: type, data: data ?? "", extras: [first, second, third])
    }
    return BatchSurvey(kinds: kinds, messages: messages)
  }

  /// The number of events.
  var count: Int { kinds.map(\.count).reduce(0, +) }
}
