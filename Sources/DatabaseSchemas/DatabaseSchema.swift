/// One schema that Trunkline installs into a database: its files, its version, and a checksum of its text.
///
/// The text is embedded at build time; reading it needs no file at run time.
public struct DatabaseSchema: Sendable, Equatable {
  /// The schema's name in the database: `pgq`, `pgq_coop`, `pgq_ext`, `pgq_node`, `londiste` or `trunkline`.
  public let name: String

  /// Hash over paths and texts of all files, 16 hexadecimal digits; equal on every machine for equal text.
  public let checksum: String

  /// The files in the order in which they must run.
  public let files: [SQLFile]

  /// The version that this text is of; changes with Trunkline's own version.
  public var version: String { Self.release }

  /// All statements of the schema in order, each file introduced by a comment with its path.
  public var text: String {
    files.map { "-- \($0.path)\n\($0.text)" }.joined(separator: "\n")
  }

  /// Every schema that has files, in the order in which they must be installed.
  public static var all: [DatabaseSchema] { embedded }

  /// Trunkline's version, shared by the program and every schema it installs.
  public static let release = "0.1.0"

  /// The schema called `name`, or nil when Trunkline has none.
  public static func named(_ name: String) -> DatabaseSchema? {
    all.first { $0.name == name }
  }
}
