package import PostgresClient

/// A database whose numbers are to be exported, or watched.
package struct ServedDatabase: Sendable {
  /// Its name in labels and logs; without secrets.
  package var name: String
  /// How to reach it.
  package var configuration: PostgresConfiguration

  package init(name: String, configuration: PostgresConfiguration) {
    self.name = name
    self.configuration = configuration
  }
}
