import Glibc

/// A file as text.
enum TextFile {
  /// Bytes that a file with rules or a key may have.
  private static let largest = 1 << 20

  /// Reads a whole file.
  ///
  /// - Throws: ``HandlerError`` when it cannot be read, is larger than 1 MiB or no UTF-8.
  static func read(_ path: String) throws(HandlerError) -> String {
    guard let file = fopen(path, "r") else {
      throw HandlerError(
        "the file \(path) cannot be read: \(String(cString: strerror(errno)))", remedy: "name a file of this machine")
    }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: largest + 1)
    let count = fread(&bytes, 1, bytes.count, file)
    guard count <= largest else {
      throw HandlerError("the file \(path) is larger than 1 MiB", remedy: "name a file with rules")
    }
    guard ferror(file) == 0, let text = String(validating: bytes[..<count], as: UTF8.self) else {
      throw HandlerError("the file \(path) is no text in UTF-8", remedy: "name a file with rules")
    }
    return text
  }
}
