import EventFormats
import PostgresClient

/// One line of a listing.
struct ListedRow {
  /// Digests of the key and of the row, 32 hexadecimal digits each.
  let keyDigest: ArraySlice<UInt8>, digest: ArraySlice<UInt8>
  private let values: ArraySlice<UInt8>

  init(_ line: ArraySlice<UInt8>) {
    keyDigest = line.prefix { $0 != 0x09 }
    digest = line[keyDigest.endIndex...].dropFirst().prefix { $0 != 0x09 }
    values = line[digest.endIndex...].dropFirst()
  }

  /// The values of the key.
  ///
  /// - Throws: `FormatError`.
  func key() throws -> [String?] {
    try COPYText.fields(of: values).map { $0.map { String(decoding: $0, as: UTF8.self) } }
  }
}

/// The lines of a listing, one at a time in constant memory.
struct ListingReader {
  private let stream: PostgresCopyStream
  private var chunk: [UInt8] = []
  private var position = 0

  init(_ stream: PostgresCopyStream) { self.stream = stream }

  /// The next row; `nil` at the end.
  mutating func next() async throws -> ListedRow? {
    while position >= chunk.count {
      guard let next = try await stream.next() else { return nil }
      chunk = next
      position = 0
    }
    let line = chunk[position...].prefix { $0 != 0x0A }
    position = line.endIndex + 1
    return ListedRow(line)
  }
}
