import EventFormats
import QueueTicker
import Testing

@Suite struct WatchedTransactionsTests {
  private func snapshot(_ text: String) throws -> TransactionSnapshot { try TransactionSnapshot(parsing: text) }

  @Test func nothingRunning() throws {
    let watched = WatchedTransactions(runningIn: try snapshot("10:10:"), before: 10)
    #expect(watched.isEmpty)
    #expect(try !watched.hasEnded(in: snapshot("20:20:")))
  }

  @Test func runningOnesEndOneByOne() throws {
    var watched = WatchedTransactions(runningIn: try snapshot("10:20:10,15"), before: 20)
    #expect(try !watched.update(with: snapshot("10:20:10,15")))
    #expect(try watched.update(with: snapshot("10:25:10,22")))
    #expect(!watched.isEmpty)
    #expect(try !watched.update(with: snapshot("10:30:10")))
    #expect(try watched.update(with: snapshot("30:30:")))
    #expect(watched.isEmpty)
  }

  /// A snapshot says nothing about running transactions from its xmax on: no later one has ended yet.
  @Test func idsAfterTheSnapshotCountAsRunning() throws {
    var watched = WatchedTransactions(runningIn: try snapshot("10:10:"), before: 13)
    #expect(!watched.isEmpty)
    #expect(try !watched.update(with: snapshot("10:10:")))
    #expect(try !watched.update(with: snapshot("10:12:10,11")))
    #expect(try watched.update(with: snapshot("10:12:10")))
    #expect(try watched.update(with: snapshot("12:12:")))
    #expect(!watched.isEmpty)
    #expect(try watched.update(with: snapshot("40:50:40")))
    #expect(watched.isEmpty)
  }

  @Test func youngerTransactionsAreOfNoInterest() throws {
    let watched = WatchedTransactions(runningIn: try snapshot("10:20:10,18"), before: 15)
    #expect(try !watched.hasEnded(in: snapshot("10:30:10")))
    #expect(try watched.hasEnded(in: snapshot("18:30:18")))
  }
}
