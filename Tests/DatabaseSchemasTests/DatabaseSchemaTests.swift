public import DatabaseSchemas
public import Testing

@Suite struct DatabaseSchemaTests {
  static let installOrder = ["pgq", "pgq_coop", "pgq_ext", "pgq_node", "londiste", "trunkline"]

  @Test func schemasComeInInstallOrder() {
    let names = DatabaseSchema.all.map(\.name)
    #expect(names == Self.installOrder.filter(names.contains))
  }

  @Test(arguments: DatabaseSchema.all)
  func filesComeByKindThenName(_ schema: DatabaseSchema) throws {
    let keys = schema.files.map { (SQLFile.Kind.allCases.firstIndex(of: $0.kind) ?? 0, $0.name) }
    for (a, b) in zip(keys, keys.dropFirst()) {
      #expect(a.0 < b.0 || (a.0 == b.0 && a.1.utf8.lexicographicallyPrecedes(b.1.utf8)), "\(a) before \(b)")
    }
  }

  @Test(arguments: DatabaseSchema.all)
  func everyFileNamesItsSchemaAndHasText(_ schema: DatabaseSchema) {
    #expect(schema.checksum.count == 16)
    for file in schema.files {
      #expect(file.path == "\(schema.name)/\(file.kind.rawValue)/\(file.name).sql")
      #expect(file.text.contains(";"), "\(file.path) holds no statement")
    }
  }

  @Test func lookUpByName() {
    #expect(DatabaseSchema.named("no_such_schema") == nil)
    for schema in DatabaseSchema.all {
      #expect(DatabaseSchema.named(schema.name) == schema)
    }
  }
}

extension DatabaseSchema: CustomTestStringConvertible {
  /// Its name: the SQL itself would fill the log.
  public var testDescription: String { name }
}
