import PostgresClient

/// The lines of a COPY as key and digest, one at a time in constant memory.
struct LineReader {
  private let stream: PostgresCopyStream
  private var chunk: [UInt8] = []
  private var position = 0

  init(_ stream: PostgresCopyStream) { self.stream = stream }

  /// The next line; `nil` at the end.
  mutating func next() async throws -> (key: ArraySlice<UInt8>, digest: ArraySlice<UInt8>)? {
    while position >= chunk.count {
      guard let next = try await stream.next() else { return nil }
      chunk = next
      position = 0
    }
    let line = chunk[position...].prefix { $0 != 0x0A }
    position = line.endIndex + 1
    let key = line.prefix { $0 != 0x09 }
    return (key, line[key.endIndex...].dropFirst())
  }
}
