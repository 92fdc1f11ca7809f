import EventFormats
import Testing

@testable import TableReplication

/// What one batch does to each table.
@Suite struct TableWorkTests {
  private func group(
    _ operation: ChangeOperation, _ events: ClosedRange<Int64>, of table: String = "t", key: [String] = ["id"],
    keyChanges: Int = 0
  ) throws -> StagedGroup {
    let header = ChangeHeader(
      operation: operation, table: try QualifiedName(schema: "public", name: table), key: key)
    return StagedGroup(
      type: "\(operation.rawValue) \(table)", header: header, count: events.count, firstEvent: events.lowerBound,
      lastEvent: events.upperBound, keyChanges: keyChanges)
  }

  private func single(_ groups: [StagedGroup]) throws -> TableWork {
    let work = try TableWork.plan(groups)
    #expect(work.count == 1)
    return try #require(work.first)
  }

  @Test func onlyNewRowsAreInsertedAsTheyAre() throws {
    let work = try single([group(.insert, 1...9)])
    #expect(work.method == .insert)
    #expect(!work.deletes)
    #expect(work.presentTypes == ["INSERT t"])
  }

  @Test func newRowsNeedNoKey() throws {
    #expect(try single([group(.insert, 1...9, key: [])]).method == .insert)
  }

  @Test func changesCountByTheirLastState() throws {
    let work = try single([group(.update, 3...8), group(.insert, 1...9), group(.delete, 5...5)])
    #expect(work.method == .net)
    #expect(work.deletes)
    #expect(work.presentTypes == ["INSERT t", "UPDATE t"])
    #expect(work.deletedTypes == ["DELETE t"])
  }

  @Test func aChangedKeyLetsARowGo() throws {
    #expect(try !single([group(.update, 1...2)]).deletes)
    #expect(try single([group(.update, 1...2, keyChanges: 1)]).deletes)
  }

  @Test func tablesComeInTheOrderOfTheirFirstEvents() throws {
    let work = try TableWork.plan([
      group(.insert, 5...6, of: "b"), group(.insert, 7...8, of: "a"), group(.update, 9...9, of: "b"),
    ])
    #expect(work.map(\.table.name.name) == ["b", "a"])
  }

  @Test func nothingBeforeATruncateCounts() throws {
    let work = try single([group(.update, 1...4, key: []), group(.truncate, 2...5, key: []), group(.insert, 6...7)])
    #expect(work.truncatedAt == 5)
    #expect(work.method == .insert)
    let empty = try single([group(.insert, 1...4), group(.truncate, 5...5)])
    #expect(empty.isEmpty)
    #expect(empty.firstEvent == 5)
  }

  @Test func changesWithoutKeyAreRefused() throws {
    let error = try #require(throws: ApplyError.self) { try TableWork.plan([group(.update, 1...2, key: [])]) }
    #expect(error.event == 2)
    #expect(error.remedy.contains("--key"))
  }

  @Test func aKeyOfOtherColumnsWithinABatchIsRefused() throws {
    #expect(throws: ApplyError.self) {
      try TableWork.plan([group(.update, 1...2), group(.update, 3...4, key: ["other"])])
    }
  }
}
