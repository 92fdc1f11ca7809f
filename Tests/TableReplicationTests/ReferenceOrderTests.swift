import EventFormats
import TableStructure
import Testing

@testable import TableReplication

@Suite struct ReferenceOrderTests {
  private func table(_ oid: UInt32, refersTo references: Set<UInt32> = []) throws -> TableShape {
    TableShape(
      name: try QualifiedName(schema: "public", name: "t\(oid)"), oid: oid, columns: [], references: references)
  }

  @Test func eachTableComesAfterThoseItRefersTo() throws {
    let order = ReferenceOrder.sort([
      try table(1, refersTo: [2, 3]), try table(2, refersTo: [3]), try table(3), try table(4, refersTo: [1]),
    ])
    #expect(order == [3, 2, 1, 4])
  }

  @Test func tablesOutsideTheBatchDoNotMatter() throws {
    #expect(ReferenceOrder.sort([try table(1, refersTo: [99]), try table(2)]) == [1, 2])
  }

  @Test func circlesEnd() throws {
    let order = ReferenceOrder.sort([try table(1, refersTo: [2]), try table(2, refersTo: [1])])
    #expect(Set(order) == [1, 2])
    #expect(order.count == 2)
  }
}
