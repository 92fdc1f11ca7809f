import EventFormats
import Logging
package import PostgresClient
import TableStructure

/// Where objects that copies take off their tables are kept until they are put back: `trunkline.parked_ddl`.
package enum ParkingLot {
  /// Takes an object off its table, as part of the open transaction.
  ///
  /// - Returns: `false` when it has to stay, because something else depends on it or its table is not ours.
  /// - Throws: `PostgresError`.
  static func park(
    _ object: ParkedObject, for owner: CopyOwner, _ target: PostgresConnection, _ logger: Logger
  ) async throws -> Bool {
    let alter = "alter table \(object.kind == .foreignKey ? "" : "only ")\(object.table.quoted)"
    let name = SQLIdentifier.quote(object.name)
    let drop =
      if object.kind == .trigger {
        "alter table \(object.table.quoted) disable trigger \(name)"
      } else if object.isConstraint {
        "\(alter) drop constraint \(name)"
      } else {
        "drop index \(SQLIdentifier.quote(object.table.schema?.name ?? "public")).\(name)"
      }
    do {
      try await target.savepoint { target in
        try await target.query(
          """
          insert into trunkline.parked_ddl (schema_name, table_name, object_name, kind, build_sql, attach_sql,
            referenced, origin_id, queue_name, consumer_name)
          values (\(object.table.schema?.name ?? ""), \(object.table.name.name), \(object.name),
            \(object.kind.rawValue), \(object.build), \(object.attach), \(object.referenced),
            \(owner.origin)::uuid, \(owner.queue), \(owner.consumer))
          """)
        try await target.execute(drop)
      }
      return true
    } catch let error as PostgresError
      where ["2BP01", "42501", "42809"].contains(error.sqlState?.rawValue)
    {
      logger.notice(
        "stays during the copy",
        metadata: ["object": "\(object.name)", "table": "\(object.table)", "reason": "\(error)"])
      return false
    }
  }

  /// What is parked, in the order in which it was.
  ///
  /// - Throws: `PostgresError`.
  package static func list(_ target: PostgresConnection) async throws -> [ParkedObject] {
    let rows = try await target.query(
      """
      select parked_id, schema_name, table_name, object_name, kind, build_sql, attach_sql, is_built, referenced, error
      from trunkline.parked_ddl order by parked_id
      """)
    return try rows.map(object)
  }

  /// What one consumer's copies parked.
  static func list(of owner: CopyOwner, _ target: PostgresConnection) async throws -> [ParkedObject] {
    let rows = try await target.query(
      """
      select parked_id, schema_name, table_name, object_name, kind, build_sql, attach_sql, is_built, referenced, error
      from trunkline.parked_ddl
      where origin_id = \(owner.origin)::uuid and queue_name = \(owner.queue) and consumer_name = \(owner.consumer)
      order by parked_id
      """)
    return try rows.map(object)
  }

  private static func object(_ row: PostgresRow) throws -> ParkedObject {
    let kind: String = try row.decode(4)
    guard let known = ParkedObject.Kind(rawValue: kind) else {
      throw PostgresError(.decoding, "trunkline.parked_ddl holds an object of kind \"\(kind)\"")
    }
    var object = ParkedObject(
      table: try QualifiedName(schema: row.decode(1, as: String.self), name: row.decode(2, as: String.self)),
      name: try row.decode(3), kind: known)
    object.id = try row.decode(0)
    object.build = try row.decode(5)
    object.attach = try row.decode(6)
    object.isBuilt = try row.decode(7)
    object.referenced = try row.decode(8)
    object.error = try row.decode(9)
    return object
  }
}
