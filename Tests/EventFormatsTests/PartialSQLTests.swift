import EventFormats
import Testing

@Suite struct PartialSQLTests {
  @Test func readsTheDocumentedForms() throws {
    #expect(
      try PartialSQL(.insert, parsing: "(c1,\"C 2\") values ('it''s',null)")
        == .insert([ColumnValue("c1", "it's"), ColumnValue("C 2", nil)]))
    #expect(
      try PartialSQL(.update, parsing: "c='v',d=NULL where pk='x' and pk2=E'\\\\y'")
        == .update(
          set: [ColumnValue("c", "v"), ColumnValue("d", nil)], key: [ColumnValue("pk", "x"), ColumnValue("pk2", "\\y")])
    )
    #expect(try PartialSQL(.delete, parsing: "pk='x'") == .delete(key: [ColumnValue("pk", "x")]))
    #expect(try PartialSQL(.truncate, parsing: "") == .truncate)
    #expect(try PartialSQL(.insert, parsing: "() values ()") == .insert([]))
  }

  @Test(arguments: [
    (ChangeOperation.insert, ""), (.insert, "(a) values"), (.insert, "(a,b) values ('1')"),
    (.insert, "(a) values ('1','2')"),
    (.insert, "(a) values ('1"), (.insert, "(a values ('1')"), (.insert, "(a) values ('1') x"), (.update, "a='1'"),
    (.update, "a='1' where"), (.update, "where a='1'"), (.update, "a= where b='1'"), (.delete, ""), (.delete, "a"),
    (.delete, "a='1' or b='2'"), (.delete, "a=E'\\"), (.delete, "\"a='1'"), (.truncate, "x"),
  ])
  func refusesMalformed(_ operation: ChangeOperation, _ text: String) {
    #expect(throws: FormatError.self) { try PartialSQL(operation, parsing: text) }
  }

  @Test(arguments: 0..<200) func roundTrips(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let fragments: [(ChangeOperation, PartialSQL)] = [
      (.insert, .insert(random.columns())),
      (.update, .update(set: random.columns(minimum: 1), key: random.columns(minimum: 1))),
      (.delete, .delete(key: random.columns(minimum: 1))),
    ]
    for (operation, fragment) in fragments {
      #expect(try PartialSQL(operation, parsing: fragment.text) == fragment)
      _ = try? PartialSQL(operation, parsing: random.damaged(fragment.text))
    }
  }
}
