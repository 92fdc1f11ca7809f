import TableReplication
import Testing

@Suite struct ScriptAttributesTests {
  @Test func headerEndsAtTheFirstStatement() throws {
    let attributes = try ScriptAttributes(
      script: """
        -- widens orders

          --*-- local-table: public.a,
        --*--   b, c
        -- another remark
        --*--Need-Function: f(2), g
        alter table @b@ add x int;
        --*-- Need-Table: late
        """)
    #expect(
      attributes.conditions == [
        .init(.localTable, "public.a"), .init(.localTable, "b"), .init(.localTable, "c"), .init(.needFunction, "f(2)"),
        .init(.needFunction, "g"),
      ])
    #expect(attributes.encoded == "local-table=public.a%2cb%2cc&need-function=f%282%29%2cg")
    #expect(try ScriptAttributes(script: "select 1;\n--*-- Need-Table: a").encoded == nil)
    #expect(
      try ScriptAttributes(script: "--*-- Local-Table: Foo.Bar\r\nselect 1;\r\n").encoded == "local-table=Foo.Bar")
  }

  @Test(arguments: [
    ("--*-- Bogus: a", "line 1: there is no attribute \"Bogus\""),
    ("\n--*-- Local-Table:", "line 2: Local-Table names nothing"),
    ("--*-- Local-Table a", "line 1: an attribute is written --*-- Key: name, name"),
    ("--*-- Local-Table: a\n--*-- b", "line 2: an attribute is written --*-- Key: name, name"),
  ])
  func mistakesAreNamedWithTheirLine(_ script: String, _ message: String) {
    let error = #expect(throws: ScriptError.self) { try ScriptAttributes(script: script) }
    #expect(error?.message == message)
  }

  @Test func storedFormComesBack() throws {
    let attributes = ScriptAttributes([
      .init(.needTable, "A b.c"), .init(.needSchema, "100%&=+"), .init(.needTable, "d"),
    ])
    #expect(attributes.encoded == "need-table=A+b.c%2cd&need-schema=100%25%26%3d%2b")
    let read = try ScriptAttributes(encoded: attributes.encoded)
    #expect(read.encoded == attributes.encoded)
    #expect(try ScriptAttributes(encoded: "LOCAL-TABLE=a,b").encoded == "local-table=a%2cb")
    #expect(try ScriptAttributes(encoded: nil).conditions.isEmpty)
    #expect(throws: ScriptError.self) { try ScriptAttributes(encoded: "foo=b") }
    #expect(throws: ScriptError.self) { try ScriptAttributes(encoded: "local-table=%zz") }
  }

  @Test func allOrNothingDecides() throws {
    let both = ScriptAttributes([.init(.localTable, "a"), .init(.needView, "v")])
    #expect(try ScriptFindings().verdict(both) == .recordOnly)
    #expect(try ScriptFindings(holding: Set(both.conditions)).verdict(both) == .run)
    #expect(try ScriptFindings().verdict(ScriptAttributes()) == .run)
    let half = ScriptFindings(holding: [.init(.needView, "v")])
    let error = #expect(throws: ScriptError.self) { try half.verdict(both) }
    #expect(
      error?.message
        == "some conditions of the script hold and others do not: there is Need-View v; there is not Local-Table a")
  }

  @Test func tagsBecomeLocalNames() {
    let findings = ScriptFindings(localNames: ["a": "x.\"Y z\"", "Foo.Bar": "\"Foo\".\"Bar\""])
    #expect(
      findings.resolvingTags("alter table @a@ add; select '@Foo.Bar@', @b@, x@y.z, @ a @")
        == "alter table x.\"Y z\" add; select '\"Foo\".\"Bar\"', @b@, x@y.z, @ a @")
  }
}
