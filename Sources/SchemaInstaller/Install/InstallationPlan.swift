/// What an installation would do in one database.
public struct InstallationPlan: Sendable, Equatable, Codable {
  /// The server's version as it prints it.
  public let serverVersion: String
  /// The schemas as they are now; each of them is installed again.
  public let schemas: [SchemaStatus]
  /// The original PgQ that would be taken over, when there is one.
  public let takeOver: TakeOver?

  /// A database with the original PgQ.
  public struct TakeOver: Sendable, Equatable, Codable {
    /// Extensions that stop being extensions, with their versions; their objects stay.
    public let extensions: [String]
    /// Queues that are converted, with all events, ticks and consumers.
    public let queues: [String]
  }

  /// What would happen, one step a line, for people.
  public var steps: [String] {
    var steps: [String] = []
    if let takeOver {
      for name in takeOver.extensions {
        steps.append("take over extension \(name): its objects stay, but belong to no extension any more")
      }
      for queue in takeOver.queues {
        steps.append("take over queue \(queue): events, ticks, consumers and their positions stay as they are")
      }
    }
    for status in schemas {
      switch status.state {
      case .missing: steps.append("create schema \(status.schema) \(status.availableVersion)")
      case .current: steps.append("install schema \(status.schema) \(status.availableVersion) again (it is current)")
      case .outdated: steps.append("upgrade schema \(status.schema) to \(status.availableVersion)")
      case .modified: steps.append("install schema \(status.schema) again: changes made by hand are lost")
      case .foreign: steps.append("replace the functions of schema \(status.schema), which something else installed")
      }
    }
    return steps
  }
}
