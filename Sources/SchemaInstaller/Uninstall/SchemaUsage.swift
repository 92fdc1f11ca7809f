/// What would be lost or broken if the schemas were removed.
public struct SchemaUsage: Sendable, Equatable, Codable {
  /// Queues that exist.
  public let queues: [String]
  /// Consumers whose progress is tracked here, in `pgq_ext`: without it they would process events again.
  public let trackedConsumers: [String]
  /// Tables with triggers that call functions of the schemas, as `table (trigger)`.
  public let triggers: [String]
  /// Views and other objects that use objects of the schemas.
  public let dependents: [String]

  /// Whether nothing speaks against a removal.
  public var isEmpty: Bool {
    queues.isEmpty && trackedConsumers.isEmpty && triggers.isEmpty && dependents.isEmpty
  }

  /// The reasons in words.
  var reasons: String {
    [
      ("queues", queues), ("consumers tracked in pgq_ext", trackedConsumers), ("captured tables", triggers),
      ("dependent objects", dependents),
    ]
    .filter { !$0.1.isEmpty }
    .map { name, items in
      let more = items.count > 10 ? ", and \(items.count - 10) more" : ""
      return "\(name): \(items.prefix(10).joined(separator: ", "))\(more)"
    }
    .joined(separator: "; ")
  }
}
