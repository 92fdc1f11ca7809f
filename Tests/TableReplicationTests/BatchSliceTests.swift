import EventFormats
import Testing

@testable import TableReplication

@Suite struct BatchSliceTests {
  private func group(_ events: ClosedRange<Int64>, count: Int? = nil, bytes: Int64 = 0) throws -> StagedGroup {
    let type = #"{"op":"UPDATE","table":["public","t"],"pkey":["id"]}"#
    return StagedGroup(
      type: type, header: try ChangeHeader(parsing: type), count: count ?? events.count,
      firstEvent: events.lowerBound, lastEvent: events.upperBound, keyChanges: 0, bytes: bytes)
  }

  private func limit(events: Int = 10, bytes: Int64 = 1000, slices: Int = 4) -> BatchSlice.Limit {
    var limit = BatchSlice.Limit()
    (limit.events, limit.bytes, limit.slices) = (events, bytes, slices)
    return limit
  }

  @Test func everyEventIsInOneSlice() throws {
    for (first, last) in [(1, 40), (7, 46), (5, 44), (100, 1100), (1, 41)] as [(Int64, Int64)] {
      let slices = BatchSlice.cut([try group(first...last)], isNetted: true, limit: limit())
      #expect(slices.count == 4)
      for event in first...last { #expect(slices.filter { $0.after < event && event <= $0.last }.count == 1) }
      #expect(zip(slices, slices.dropFirst()).allSatisfy { $0.last == $1.after })
    }
  }

  @Test func aSmallBatchIsOneSliceAndSoAreRowsThatPassAsTheyCome() throws {
    let whole = [BatchSlice(after: 0, last: 15)]
    #expect(BatchSlice.cut([try group(1...15)], isNetted: true, limit: limit()) == whole)
    #expect(BatchSlice.cut([try group(1...100)], isNetted: false, limit: limit()) == [BatchSlice(after: 0, last: 100)])
    #expect(BatchSlice.cut([], isNetted: true, limit: limit()).isEmpty)
  }

  @Test func eventsAndBytesCount() throws {
    // numbers that other queues took do not
    #expect(BatchSlice.cut([try group(1...1000, count: 20)], isNetted: true, limit: limit()).count == 2)
    #expect(BatchSlice.cut([try group(1...4, bytes: 3000)], isNetted: true, limit: limit()).count == 3)
    // more slices than numbers: some are empty
    let few = BatchSlice.cut([try group(1...2, bytes: 9000)], isNetted: true, limit: limit())
    for event in 1...2 as ClosedRange<Int64> {
      #expect(few.filter { $0.after < event && event <= $0.last }.count == 1)
    }
  }

  @Test func kindsOfSeveralNamesAreAddedUp() throws {
    var first = EventKind(type: try group(1...2).type, table: "public.t", count: 2, first: 5, last: 9)
    (first.keyChanges, first.bytes, first.transactions) = (1, 10, 3...4)
    var second = first
    (second.table, second.first, second.last, second.transactions) = ("a", 2, 7, 4...8)
    let groups = try StagedGroup.adding([first, second])
    #expect(groups.count == 1)
    let group = try #require(groups.first)
    #expect((group.count, group.firstEvent, group.lastEvent) == (4, 2, 9))
    #expect((group.keyChanges, group.bytes, group.transactions) == (2, 20, 3...8))
  }
}
