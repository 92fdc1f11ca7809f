import TableStructure
import Testing

/// Statements that make a table, and what cannot be made where.
@Suite struct TableCreationTests {
  static func table() -> TableDefinition {
    var id = ColumnDefinition(name: "id", type: "integer")
    id.isNotNull = true
    id.value = .expression("nextval('shop.t_id_seq'::regclass)")
    let mood = ColumnDefinition(name: "Mood", type: "shop.mood")
    var table = TableDefinition(name: CatalogName("shop", "t"), owner: "owner", columns: [id, mood])
    table.constraints = [ConstraintDefinition(name: "t_pkey", kind: .primaryKey, text: "PRIMARY KEY (id)")]
    var key = ConstraintDefinition(name: "fk", kind: .foreignKey, text: "FOREIGN KEY (id) REFERENCES ")
    key.references = CatalogName("shop", "other")
    key.rest = "(id)"
    table.constraints.append(key)
    table.types = [TypeDefinition(name: CatalogName("shop", "mood"), form: .enumeration(["it's", "ok"]))]
    table.sequences = [
      SequenceDefinition(
        name: CatalogName("shop", "t_id_seq"), type: "integer", start: 1, increment: 1, minimum: 1, maximum: 100,
        cache: 1,
        cycles: false, column: "id", owner: "owner")
    ]
    return table
  }

  @Test func columnsAloneHaveNoDefaults() throws {
    let plan = try TableCreation.plan(Self.table(), .columns, on: TargetCatalog(majorVersion: 15))
    #expect(
      plan.statements == [
        "create schema shop", "create type shop.mood as enum ('it''s', 'ok')",
        "create table shop.t (id integer not null, \"Mood\" shop.mood)",
        "alter table shop.t add constraint t_pkey PRIMARY KEY (id)",
      ])
    #expect(plan.foreignKeys.isEmpty)
  }

  @Test func everythingInAnOrderThatWorks() throws {
    var target = TargetCatalog(majorVersion: 15)
    target.schemas = ["shop"]
    target.types = [CatalogName("shop", "mood")]
    target.roles = ["owner"]
    target.ownRoles = ["owner"]
    let plan = try TableCreation.plan(Self.table(), .full, on: target)
    #expect(
      plan.statements == [
        "create sequence shop.t_id_seq as integer increment by 1 minvalue 1 maxvalue 100 start with 1 cache 1 no cycle",
        "create table shop.t (id integer default nextval('shop.t_id_seq'::regclass) not null, \"Mood\" shop.mood)",
        "alter sequence shop.t_id_seq owner to owner", "alter table shop.t owner to owner",
        "alter sequence shop.t_id_seq owned by shop.t.id", "alter table shop.t add constraint t_pkey PRIMARY KEY (id)",
      ])
    #expect(
      plan.foreignKeys.map(\.statement)
        == ["alter table only shop.t add constraint fk FOREIGN KEY (id) REFERENCES shop.other(id)"])
    #expect(plan.sequences == [CatalogName("shop", "t_id_seq")])
  }

  @Test func whatIsMissingIsSaid() throws {
    var table = Self.table()
    let plan = try TableCreation.plan(table, .full, on: TargetCatalog(majorVersion: 15))
    #expect(plan.warnings.contains { $0.contains("role owner is missing here") })
    table.types = [TypeDefinition(name: CatalogName("public", "hstore"), form: .ofExtension("hstore"))]
    #expect {
      try TableCreation.plan(table, .columns, on: TargetCatalog(majorVersion: 15))
    } throws: { error in
      let error = error as? StructureError
      return error?.message.contains("public.hstore of extension hstore") == true
        && error?.hint?.contains("create extension hstore schema public") == true
    }
  }

  @Test func olderServersAreToldFromNewerOnes() throws {
    var table = TableDefinition(
      name: CatalogName("public", "t"), owner: "o", columns: [ColumnDefinition(name: "a", type: "integer")])
    table.columns[0].value = .generated("(1)", isVirtual: true)
    #expect(throws: StructureError.self) {
      try TableCreation.plan(table, .columns, on: TargetCatalog(majorVersion: 17))
    }
    _ = try TableCreation.plan(table, .columns, on: TargetCatalog(majorVersion: 18))
    table.columns[0].value = nil
    table.constraints = [ConstraintDefinition(name: "u", kind: .unique, text: "UNIQUE NULLS NOT DISTINCT (a)")]
    _ = try TableCreation.plan(table, .columns, on: TargetCatalog(majorVersion: 14))
    #expect(throws: StructureError.self) { try TableCreation.plan(table, .full, on: TargetCatalog(majorVersion: 14)) }
    _ = try TableCreation.plan(table, .full, on: TargetCatalog(majorVersion: 15))
  }
}
