import EventFormats
import Testing

@Suite struct RowChangeTests {
  @Test func everyFormatIsRecognized() throws {
    let json = try RowChange(type: #"{"op":"UPDATE","table":["public","t"],"pkey":["id"]}"#, table: nil)
    #expect(json.format == .json)
    #expect(json.header.key == ["id"])
    let encoded = try RowChange(type: "U:a,b", table: "public.t")
    #expect(encoded.format == .urlEncoded)
    #expect(encoded.header.operation == .update)
    #expect(encoded.header.key == ["a", "b"])
    #expect(encoded.header.table.unquoted == "public.t")
    #expect(try RowChange(type: "I:", table: "public.t").header.key.isEmpty)
    #expect(try RowChange(type: "D", table: "public.t").format == .partialSQL)
    #expect(try RowChange(type: "R", table: "public.t").header.operation == .truncate)
  }

  @Test(arguments: [("", "t"), ("order.new", "t"), ("X:id", "t"), ("IU", "t"), ("I:id", ""), ("{}", "t")])
  func whatIsNoRowEvent(_ type: String, _ table: String) {
    #expect(throws: FormatError.self) { try RowChange(type: type, table: table) }
  }

  @Test func rowsAndKeys() throws {
    let encoded = try RowChange(type: "U:id", table: "t").row("id=1&v")
    #expect(encoded.columns == [ColumnValue("id", "1"), ColumnValue("v", nil)])
    #expect(encoded.key == ["id"])
    let sparse = try RowChange(type: "U", table: "t").row("v='x' where id='1'")
    #expect(sparse.columns == [ColumnValue("v", "x"), ColumnValue("id", "1")])
    #expect(sparse.key == ["id"])
    let same = try RowChange(type: "U", table: "t").row("id='1' where id='1'")
    #expect(same.columns == [ColumnValue("id", "1")])
  }

  @Test func rowsAsJSON() {
    #expect(JSONRow.encode([ColumnValue("a\"", "x\ny"), ColumnValue("b", nil)]) == #"{"a\"":"x\ny","b":null}"#)
    #expect(JSONRow.encode([]) == "{}")
  }
}
