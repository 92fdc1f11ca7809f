import TableStructure
import Testing

/// What differs between a table and the one it is copied from, and the SQL that mends it.
@Suite struct StructureComparisonTests {
  private func differences(
    ignored: Set<String> = [], known: Set<String> = [], _ change: (inout TableDefinition) -> Void
  ) -> [StructureDifference] {
    let there = TableCreationTests.table()
    var here = there.renamed(CatalogName("public", "x"))
    change(&here)
    return StructureComparison.differences(here: here, there: there, ignored: ignored, known: known)
  }

  @Test func sameTablesUnderOtherNamesDoNotDiffer() {
    #expect(
      differences { here in
        here.constraints[0].name = "other"
        here.columns.reverse()
        here.owner = "somebody"
        here.comment = "a comment"
      } == [])
  }

  @Test func columns() {
    let missing = differences { $0.columns.removeLast() }
    #expect(missing.map(\.remedy) == ["alter table public.x add column \"Mood\" shop.mood"])
    #expect(missing.allSatisfy { $0.isSerious })
    #expect(differences(ignored: ["Mood"]) { $0.columns.removeLast() } == [])

    var extra = ColumnDefinition(name: "extra", type: "text")
    #expect(differences { $0.columns.append(extra) }.map(\.isSerious) == [false])
    extra.isNotNull = true
    #expect(
      differences { $0.columns.append(extra) }.map(\.remedy) == [
        "alter table public.x alter column extra drop not null"
      ])
    extra.value = .expression("'x'::text")
    #expect(differences { $0.columns.append(extra) }.map(\.isSerious) == [false])

    #expect(
      differences { $0.columns[0].type = "smallint" }.map(\.remedy) == [
        "alter table public.x alter column id type integer using id::integer"
      ])
    #expect(
      differences { $0.columns[1].isNotNull = true }.map(\.remedy) == [
        "alter table public.x alter column \"Mood\" drop not null"
      ])
    let value = differences { $0.columns[0].value = nil }
    #expect(value.map(\.isSerious) == [false])
    #expect(
      value.map(\.remedy) == ["alter table public.x alter column id set default nextval('shop.t_id_seq'::regclass)"])
  }

  @Test func keysAndConstraints() {
    let noKey = differences { $0.constraints.removeFirst() }
    #expect(noKey.map(\.aspect) == [.key] && noKey.allSatisfy(\.isSerious))
    #expect(noKey.map(\.remedy) == ["alter table public.x add constraint t_pkey PRIMARY KEY (id)"])

    let noReference = differences { $0.constraints.removeLast() }
    #expect(
      noReference.map(\.remedy) == [
        "alter table public.x add constraint fk FOREIGN KEY (id) REFERENCES shop.other(id) not valid"
      ])
    #expect(differences(known: ["fk"]) { $0.constraints.removeLast() } == [])
    #expect(
      differences { $0.constraints[1].isValidated = false }.map(\.remedy) == [
        "alter table public.x validate constraint fk"
      ])

    let surplus = differences {
      $0.constraints.append(ConstraintDefinition(name: "c", kind: .check, text: "CHECK ((id > 5))"))
    }
    #expect(surplus.map(\.isSerious) == [true])
    #expect(surplus.map(\.remedy) == ["alter table public.x drop constraint c"])
  }
}
