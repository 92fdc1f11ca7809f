/// One private cluster for all tests of this process, booted when the first of them asks.
public enum SharedCluster {
  private static let cluster = OnDemand { try await PrivateCluster.boot() }
  private static let template = OnDemand { try await TrunklineTemplate.create(on: shared()) }

  /// The cluster. It disappears when the process ends; nobody stops it.
  public static func shared() async throws -> PrivateCluster { try await cluster.value() }

  /// Lends a fresh database to `body` and removes it.
  /// - Parameters:
  ///   - schemas: whether Trunkline's schemas are installed in it.
  ///   - options: further words of CREATE DATABASE.
  public static func withDatabase<Result: Sendable>(
    schemas: Bool = true, options: String = "", _ body: (TestDatabase) async throws -> Result
  ) async throws -> Result {
    let cluster = try await shared()
    let template = schemas ? try await template.value() : "template0"
    return try await cluster.withDatabase(template: template, options: options, body)
  }
}

/// Lends a fresh database of the shared cluster, Trunkline's schemas installed unless `schemas` is false.
public func withDatabase<Result: Sendable>(
  schemas: Bool = true, _ body: (TestDatabase) async throws -> Result
) async throws -> Result {
  try await SharedCluster.withDatabase(schemas: schemas, body)
}
