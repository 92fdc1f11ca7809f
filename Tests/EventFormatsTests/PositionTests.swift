import EventFormats
import Testing

@Suite struct PositionTests {
  @Test(arguments: ["0/0", "16/B374D848", "FFFFFFFF/FFFFFFFF", "0/1A"]) func lsnRoundTrips(_ text: String) throws {
    #expect(try LSN(parsing: text).description == text)
  }

  @Test(arguments: ["", "/", "1", "1/", "/1", "1/2/3", "g/0", "123456789/0", "-1/0", "+1/0", " 1/0"])
  func lsnRefusesMalformed(_ text: String) {
    #expect(throws: FormatError.self) { try LSN(parsing: text) }
  }

  @Test func lsnOrderAndDistance() throws {
    let (a, b) = (try LSN(parsing: "0/FFFFFFFF"), try LSN(parsing: "1/0"))
    #expect(a < b)
    #expect(b.distance(from: a) == 1)
    #expect(a.distance(from: b) == -1)
  }

  @Test func snapshotVisibility() throws {
    let snapshot = try TransactionSnapshot(parsing: "10:20:12,15")
    #expect(
      [9, 10, 11, 12, 13, 15, 16, 19, 20, 21].map { snapshot.sees($0) }
        == [true, true, true, false, true, false, true, true, false, false])
    #expect(snapshot.description == "10:20:12,15")
    #expect(try TransactionSnapshot(parsing: "10:10:").description == "10:10:")
  }

  @Test(arguments: [
    "", "1", "1:2", "1:2:3:4", "a:2:", "2:1:", "1:5:5", "1:5:0", "1:9:3,2", "1:9:3,3", "1:9:,", "1:9:3,", "0:1:",
    "-1:2:",
    "1:99999999999999999999:",
  ])
  func snapshotRefusesMalformed(_ text: String) {
    #expect(throws: FormatError.self) { try TransactionSnapshot(parsing: text) }
  }

  /// Consecutive ranges divide all transactions: each belongs to exactly one.
  @Test(arguments: 0..<100) func rangesNeitherLoseNorDouble(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var running: Set<UInt64> = []
    var next: UInt64 = 1
    var snapshots = [try TransactionSnapshot(xmin: 1, xmax: 1, inProgress: [])]
    var ended: [UInt64] = []
    for _ in 0..<200 {
      switch Int.random(in: 0..<4, using: &random) {
      case 0, 1:
        running.insert(next)
        next += 1
      case 2:
        if let one = running.sorted().randomElement(using: &random) {
          running.remove(one)
          ended.append(one)
        }
      default:
        snapshots.append(
          try TransactionSnapshot(xmin: running.min() ?? next, xmax: next, inProgress: running.sorted()))
      }
    }
    snapshots.append(try TransactionSnapshot(xmin: running.min() ?? next, xmax: next, inProgress: running.sorted()))
    for transaction in ended {
      let owners = zip(snapshots, snapshots.dropFirst()).filter {
        TickRange.contains(transaction, after: $0, upTo: $1)
      }
      #expect(owners.count == 1)
    }
  }

  @Test func tickRange() throws {
    let range = try TickRange(start: 1, end: 3)
    #expect(range.isFollowed(by: try TickRange(start: 3, end: 4)))
    #expect(range.description == "1..3")
    #expect(throws: FormatError.self) { try TickRange(start: 3, end: 3) }
  }
}
