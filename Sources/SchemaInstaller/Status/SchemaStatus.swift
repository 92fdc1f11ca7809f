import DatabaseSchemas

/// How one schema in a database compares with the one this program brings along.
public struct SchemaStatus: Sendable, Equatable, Codable {
  /// The short answer.
  public enum State: String, Sendable, Codable {
    /// Not there.
    case missing
    /// Exactly what this program installs.
    case current
    /// Another version of Trunkline's text.
    case outdated
    /// Changed by hand since it was installed.
    case modified
    /// There, but not installed by Trunkline: the original PgQ, for example. An installation takes it over.
    case foreign
  }

  /// The schema's name.
  public let schema: String
  /// The short answer.
  public let state: State
  /// Version that is installed, nil when it is missing or foreign.
  public let installedVersion: String?
  /// Checksum of the text that was installed.
  public let installedChecksum: String?
  /// Version that this program brings along.
  public let availableVersion: String
  /// Checksum of the text that this program brings along.
  public let availableChecksum: String
  /// Whether somebody changed functions or columns since the installation; tells more than `state` for an outdated schema.
  public let isModified: Bool
  /// When it was installed.
  public let installedAt: String?
  /// Who installed it.
  public let installedBy: String?

  /// What the database knows about a schema.
  struct Record: Sendable {
    var version: String
    var checksum: String
    var fingerprint: String
    var liveFingerprint: String
    var installedAt: String
    var installedBy: String
  }

  /// - Parameters:
  ///   - exists: whether there is a schema of that name.
  ///   - record: what was recorded when it was installed, if it was.
  init(of schema: DatabaseSchema, exists: Bool, record: Record?) {
    self.schema = schema.name
    availableVersion = schema.version
    availableChecksum = schema.checksum
    let record = exists ? record : nil
    installedVersion = record?.version
    installedChecksum = record?.checksum
    installedAt = record?.installedAt
    installedBy = record?.installedBy
    isModified = record.map { $0.fingerprint != $0.liveFingerprint } ?? false
    state =
      switch record {
      case nil: exists ? .foreign : .missing
      case .some where isModified: .modified
      case .some(let record): record.checksum == schema.checksum ? .current : .outdated
      }
  }
}
