import NodeCascade
import Testing

@Suite struct NodeAttributesTests {
  @Test func storedFormComesBack() {
    var attributes = NodeAttributes()
    #expect(attributes.encoded == nil)
    attributes.syncWatermark = ["a", "b c"]
    attributes.skippedTables = ["audit.*"]
    attributes.others = ["mine": "x=y"]
    #expect(attributes.encoded == "register_skip_tables=audit.%2a&sync_watermark=a%2cb+c&mine=x%3dy")
    #expect(NodeAttributes(encoded: attributes.encoded) == attributes)
    #expect(NodeAttributes(encoded: "sync_watermark=a%2Cb").syncWatermark == ["a", "b"])
  }

  @Test func filtersLetNamesPass() {
    var attributes = NodeAttributes()
    #expect(attributes.registers(table: "public.orders"))
    attributes.onlyTables = ["orders*", "sales.?"]
    attributes.skippedTables = ["*.orders_old"]
    #expect(attributes.registers(table: "public.orders_new") && attributes.registers(table: "sales.x"))
    #expect(!attributes.registers(table: "public.orders_old") && !attributes.registers(table: "sales.xy"))
    #expect(!attributes.registers(table: "other.orders") && attributes.registers(sequence: "public.orders_id_seq"))
    attributes.onlySequences = ["*_id_*q"]
    #expect(
      attributes.registers(sequence: "public.orders_id_seq") && !attributes.registers(sequence: "public.orders_seq"))
  }
}
