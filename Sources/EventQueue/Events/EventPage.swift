import Glibc

/// Some whole rows of a batch as `COPY ... TO STDOUT` in text format sent them.
///
/// Events are views into a page, so reading a million events does not make a million copies; a page lives as long as
/// any of its events.
package final class EventPage: Sendable {
  let bytes: [UInt8]

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The end of the row that begins at `start`: the position of its newline. `nil` when no whole row is left.
  package func endOfRow(from start: Int) -> Int? {
    guard start < bytes.count else { return nil }
    // A newline inside a value is sent as backslash and "n", so the first newline ends the row.
    return bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress, let found = memchr(base + start, 0x0A, bytes.count - start) else {
        return nil
      }
      return UnsafeRawPointer(found) - base
    }
  }
}
