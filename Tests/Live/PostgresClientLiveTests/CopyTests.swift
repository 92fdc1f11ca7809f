import PostgresClient
import PostgresTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct CopyTests {
  @Test func bytesAndBinaryFormatSurviveTheTrip() async throws {
    try await withConnection { connection, _ async throws in
      try await connection.execute("create table t (id int, b bytea); create table u (like t)")
      try await connection.execute(
        "insert into t select i, decode(md5(i::text), 'hex') from generate_series(1, 20000) i; insert into t values (0, null)"
      )
      for format in ["text", "csv", "binary"] {
        let bytes = try await connection.copyOut("copy t to stdout (format \(format))") { chunks in
          var all: [UInt8] = []
          for try await chunk in chunks {
            #expect(!chunk.isEmpty)
            all += chunk
          }
          return all
        }
        // Split at odd places: rows need not be whole.
        let count = try await connection.copyIn("copy u from stdin (format \(format))") { writer in
          for start in stride(from: 0, to: bytes.count, by: 7919) {
            try await writer.write(Array(bytes[start..<min(start + 7919, bytes.count)]))
          }
        }
        #expect(count == 20_001)
        #expect(try await connection.value("select count(*) from (table t except table u) d", as: Int.self) == 0)
        try await connection.execute("truncate u")
      }
    }
  }

  @Test func nothingAndOneHugePieceAreFine() async throws {
    try await withConnection { connection, _ async throws in
      try await connection.execute("create table t (a text)")
      #expect(try await connection.copyIn("copy t from stdin") { _ in } == 0)
      #expect(try await connection.copyIn("copy t from stdin") { try await $0.write([UInt8]()) } == 0)
      let empty = try await connection.copyOut("copy t to stdout") { chunks in
        for try await _ in chunks { return false }
        return true
      }
      #expect(empty)
      let big = [UInt8](repeating: UInt8(ascii: "x"), count: 40_000_000) + [UInt8(ascii: "\n")]
      #expect(try await connection.copyIn("copy t from stdin") { try await $0.write(big) } == 1)
      let back = try await connection.copyOut("copy t to stdout") { chunks in
        var all: [UInt8] = []
        for try await chunk in chunks { all += chunk }
        return all
      }
      #expect(back == big)
    }
  }

  @Test func anErrorInTheRowsNamesTheLineAndCopiesNothing() async throws {
    try await withConnection { connection, _ async throws in
      try await connection.execute("create table t (a int)")
      let error = try await postgresError {
        _ = try await connection.copyIn("copy t from stdin") { try await $0.write("1\nx\n3\n") }
      }
      #expect(error.sqlState == "22P02" && error.context?.contains("line 2") == true)
      // The server gives up while rows still come; a body that ignores that must not turn it into success.
      let early = try await postgresError {
        _ = try await connection.copyIn("copy t from stdin") { writer in
          try await writer.write("x\n")
          for _ in 0..<500 { try? await writer.write(String(repeating: "1\n", count: 100_000)) }
        }
      }
      #expect(early.sqlState == "22P02")
      #expect(try await connection.value("select count(*) from t", as: Int.self) == 0)
    }
  }

  @Test func bodyThatThrowsCopiesNothing() async throws {
    try await withConnection { connection, _ async throws in
      try await connection.execute("create table t (a int)")
      await #expect(throws: Own.self) {
        try await connection.copyIn("copy t from stdin") { writer in
          try await writer.write("1\n2\n")
          throw Own()
        }
      }
      await #expect(throws: Own.self) {
        try await connection.copyOut("copy (select generate_series(1, 10000000)) to stdout") { chunks in
          for try await chunk in chunks where !chunk.isEmpty { throw Own() }
        }
      }
      #expect(try await connection.value("select count(*) from t", as: Int.self) == 0)
    }
  }

  @Test func cancelledCopyInCopiesNothingAndLeavesTheConnectionUsable() async throws {
    try await withConnection { connection, _ async throws in
      try await connection.execute("create table t (a int)")
      let (started, start) = AsyncStream.makeStream(of: Void.self)
      // One that goes on writing, one that waits for something else, and one that ignores the cancellation.
      let bodies: [@Sendable (PostgresCopyWriter) async throws -> Void] = [
        { writer in while true { try await writer.write(String(repeating: "1\n", count: 1000)) } },
        { _ in try await Task.sleep(for: .seconds(60)) },
        { writer in while !Task.isCancelled { try await writer.write("1\n") } },
      ]
      var signals = started.makeAsyncIterator()
      for body in bodies {
        let task = Task {
          try await connection.copyIn("copy t from stdin") { writer in
            try await writer.write("1\n2\n")
            start.yield()
            try await body(writer)
          }
        }
        await signals.next()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await connection.value("select count(*) from t", as: Int.self) == 0)
      }
    }
  }

  @Test func cancelledCopyOutStopsTheServer() async throws {
    try await withConnection { connection, database async throws in
      let observer = try await PostgresConnection.connect(database.connectionString)
      let (started, start) = AsyncStream.makeStream(of: Void.self)
      for isReading in [true, false] {
        let task = Task {
          try await connection.copyOut("copy (select generate_series(1, 2000000000)) to stdout") { chunks in
            var iterator = chunks.makeAsyncIterator()
            _ = try await iterator.next()
            start.yield()
            if isReading { while try await iterator.next() != nil {} }
            try await Task.sleep(for: .seconds(60))
          }
        }
        for await _ in started { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try await observer.awaitIdle(connection)
        #expect(try await connection.value("select 5", as: Int.self) == 5)
      }
      await observer.close()
    }
  }

  @Test func leavingACopyEarlyCancelsIt() async throws {
    try await withConnection { connection, database async throws in
      let observer = try await PostgresConnection.connect(database.connectionString)
      for _ in 0..<20 {
        let count = try await connection.copyOut("copy (select generate_series(1, 2000000000)) to stdout") { chunks in
          for try await chunk in chunks { return chunk.count }
          return 0
        }
        #expect(count > 0)
        #expect(try await connection.value("select 5", as: Int.self) == 5)
      }
      try await observer.awaitIdle(connection)
      await observer.close()
    }
  }

  @Test func aPulledCopyGivesTheSameAndEndsWhenReleased() async throws {
    try await withConnection { connection, database async throws in
      let observer = try await PostgresConnection.connect(database.connectionString)
      var count = 0
      let stream = try await connection.openCopyOut("copy (select i from generate_series(1, 50000) i) to stdout")
      while let chunk = try await stream.next() { count += chunk.filter { $0 == UInt8(ascii: "\n") }.count }
      #expect(count == 50_000)
      #expect(try await stream.next() == nil)

      do {
        let released = try await connection.openCopyOut("copy (select generate_series(1, 2000000000)) to stdout")
        _ = try await released.next()
      }
      #expect(try await connection.value("select 5", as: Int.self) == 5)

      let closed = try await connection.openCopyOut("copy (select generate_series(1, 2000000000)) to stdout")
      await closed.close()
      #expect(try await closed.next() == nil)
      #expect(try await connection.value("select 5", as: Int.self) == 5)

      let cancelled = try await connection.openCopyOut(
        "copy (select repeat('x', 2000), pg_sleep(0.01) from generate_series(1, 100000)) to stdout")
      let task = Task { while try await cancelled.next() != nil {} }
      try await observer.awaitActivity(of: connection, running: "pg_sleep")
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      #expect(try await connection.value("select 5", as: Int.self) == 5)

      let failing = try await connection.openCopyOut(
        "copy (select 1 / (50000 - i) from generate_series(1, 60000) i) to stdout")
      let error = try await postgresError { while try await failing.next() != nil {} }
      #expect(error.sqlState == "22012")
      #expect(try await connection.value("select 5", as: Int.self) == 5)
      await observer.close()
    }
  }

  @Test func anEscapedWriterIsRefused() async throws {
    try await withConnection { connection, _ async throws in
      try await connection.execute("create table t (a int)")
      let (writers, escape) = AsyncStream.makeStream(of: PostgresCopyWriter.self)
      try await connection.copyIn("copy t from stdin") { escape.yield($0) }
      for await writer in writers {
        #expect(try await postgresError { try await writer.write("1\n") }.code == .misuse)
        break
      }
      #expect(try await connection.value("select count(*) from t", as: Int.self) == 0)
    }
  }
}

private struct Own: Error {}
