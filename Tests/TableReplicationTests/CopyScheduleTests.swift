import EventFormats
import Testing

@testable import TableReplication

/// The order of a copy's jobs, whatever finishes first.
@Suite struct CopyScheduleTests {
  private func pieces(_ table: Int, _ count: Int) throws -> [CopyPiece] {
    try (0..<count).map { number in
      CopyPiece(
        relation: try QualifiedName(parsing: "t\(table)"), filenode: 1,
        blocks: BlockRange(first: Int64(number), end: Int64(number) + 1), bytes: 1)
    }
  }

  private func object(_ name: String) throws -> ParkedObject {
    ParkedObject(table: try QualifiedName(parsing: "t"), name: name, kind: .index)
  }

  /// Runs a schedule with so many jobs at once, which end in a random order; the jobs in the order in which they began.
  private func run(_ schedule: CopySchedule, jobs: Int, objects: [ParkedObject]) -> (
    begun: [CopySchedule.Job], copiedAfter: Int?
  ) {
    var schedule = schedule
    var begun: [CopySchedule.Job] = []
    var running: [CopySchedule.Job] = []
    var copiedAfter: Int?
    while true {
      while running.count < jobs, let job = schedule.next() {
        begun.append(job)
        running.append(job)
      }
      guard !running.isEmpty else { break }
      let job = running.remove(at: .random(in: running.indices))
      if case .settle = job { schedule.finish(job, objects: objects) } else { schedule.finish(job) }
      if schedule.isCopied, copiedAfter == nil { copiedAfter = begun.count }
    }
    #expect(schedule.isFinished)
    return (begun, copiedAfter)
  }

  private func next(_ schedule: inout CopySchedule) -> CopySchedule.Job? { schedule.next() }

  @Test func everythingIsDoneOnceAndInOrder() throws {
    for round in 0..<100 {
      let sizes = [5, 0, 3, 1]
      let objects = try (0..<(round % 4)).map { try object("i\($0)") }
      let schedule = CopySchedule(try sizes.enumerated().map { try pieces($0.offset, $0.element) })
      let begun = run(schedule, jobs: 1 + round % 5, objects: objects).begun
      #expect(begun.count == 9 + 4 * (2 + objects.count))
      for (table, size) in sizes.enumerated() {
        let steps = begun.compactMap { job -> Int? in
          switch job {
          case .copy(table, _): 0
          case .settle(table): 1
          case .build(table, _): 2
          case .complete(table): 3
          default: nil
          }
        }
        let expected = Array(repeating: 0, count: size) + [1] + Array(repeating: 2, count: objects.count) + [3]
        #expect(steps == expected)
      }
    }
  }

  @Test func indexesOfAFinishedTableAreBuiltWhileOthersAreCopied() throws {
    var schedule = CopySchedule([try pieces(0, 1), try pieces(1, 3)])
    #expect(next(&schedule) == .copy(0, try pieces(0, 1)[0]))
    schedule.finish(.copy(0, try pieces(0, 1)[0]))
    #expect(next(&schedule) == .settle(0))
    #expect(!schedule.isCopied)
    schedule.finish(.settle(0), objects: [try object("a")])
    #expect(next(&schedule) == .build(0, try object("a")))
    #expect(next(&schedule) == .copy(1, try pieces(1, 3)[0]))
  }

  @Test func tablesInOrderWaitForThoseBefore() throws {
    let schedule = CopySchedule([try pieces(0, 2), try pieces(1, 2)], isOrdered: true)
    let begun = run(schedule, jobs: 4, objects: []).begun
    let completed = try #require(begun.firstIndex(of: .complete(0)))
    let next = try #require(begun.firstIndex(of: .copy(1, try pieces(1, 2)[0])))
    #expect(completed < next)
  }
}
