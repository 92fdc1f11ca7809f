import Foundation
import PostgresClient
import PostgresTesting
import Testing

/// Each in a process of its own, so that what other tests use does not count.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ConstantMemoryTests {
  @Test func aGigabyteOutByCopy() async throws {
    try await withDatabase(schemas: false) { database async throws in
      let text = database.connectionString
      await #expect(processExitsWith: .success) { [text = text as String] in
        let connection = try await PostgresConnection.connect(text)
        let before = ProcessMemory.peak
        let bytes = try await connection.copyOut(
          "copy (select repeat('x', 8191) from generate_series(1, 131072)) to stdout"
        ) { chunks in
          var bytes = 0
          for try await chunk in chunks { bytes += chunk.count }
          return bytes
        }
        guard bytes == 1 << 30, ProcessMemory.peak - before < 50_000 else { exit(1) }
        exit(0)
      }
    }
  }

  @Test func aGigabyteInByCopy() async throws {
    try await withDatabase(schemas: false) { database async throws in
      let text = database.connectionString
      await #expect(processExitsWith: .success) { [text = text as String] in
        let connection = try await PostgresConnection.connect(text)
        try await connection.execute("create table t (a text)")
        let row = [UInt8](repeating: UInt8(ascii: "x"), count: 8191) + [UInt8(ascii: "\n")]
        let piece = (0..<128).flatMap { _ in row }
        let before = ProcessMemory.peak
        let count = try await connection.copyIn("copy t from stdin where a is null") { writer in
          for _ in 0..<1024 { try await writer.write(piece) }
        }
        guard count == 0, ProcessMemory.peak - before < 50_000 else { exit(1) }
        exit(0)
      }
    }
  }

  @Test func aGigabyteOfRows() async throws {
    try await withDatabase(schemas: false) { database async throws in
      let text = database.connectionString
      await #expect(processExitsWith: .success) { [text = text as String] in
        let connection = try await PostgresConnection.connect(text)
        let before = ProcessMemory.peak
        let bytes = try await connection.stream("select repeat('x', 8192) from generate_series(1, 131072)") { rows in
          var bytes = 0
          for try await row in rows { bytes += try row.cell(0).withBytes { $0?.count ?? 0 } }
          return bytes
        }
        guard bytes == 1 << 30, ProcessMemory.peak - before < 50_000 else { exit(1) }
        exit(0)
      }
    }
  }

  /// A reader that is slower than the server must slow the server down, not fill memory.
  @Test func aSlowReaderHoldsTheServerBack() async throws {
    try await withConnection { connection, database async throws in
      let observer = try await PostgresConnection.connect(database.connectionString)
      try await connection.copyOut("copy (select repeat('x', 8191) from generate_series(1, 131072)) to stdout") {
        chunks in
        var iterator = chunks.makeAsyncIterator()
        _ = try await iterator.next()
        try await observer.awaitActivity(of: connection, running: "copy", wait: "ClientWrite")
      }
      await observer.close()
    }
  }
}
