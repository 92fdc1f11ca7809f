package import PostgresClient

/// Decides whether, and in which words, a script of the set runs on this node.
package struct ScriptPolicy: Sendable {
  /// The SQL to run; `nil`: the script is recorded as done without being run.
  ///
  /// - Parameters: the script's name, its SQL, its urlencoded attributes, the set, and the node's database with the batch's transaction
  ///   open, in which the changes before the script are applied.
  /// - Throws: `ApplyError` when the attributes cannot be decided upon: the node stops before the batch.
  package typealias Decision =
    @Sendable (
      _ name: String, _ sql: String, _ attributes: String?, _ queue: String, _ local: PostgresConnection
    ) async throws -> String?

  package var decide: Decision

  package init(decide: @escaping Decision) { self.decide = decide }

  /// Every script runs as it is.
  package static let always = ScriptPolicy { _, sql, _, _, _ in sql }
}
