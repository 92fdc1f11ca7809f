/// Connection strings as they may be shown: libpq's `key=value` form and URIs, without passwords.
public enum ConnectionText {
  private static let secretKeys: Set<String> = ["password", "sslpassword", "oauth_client_secret"]

  /// `text` with the value of every password replaced by `***`.
  ///
  /// Works on whole log lines too: whatever looks like `password=...` or `scheme://user:secret@host` is hidden. When in doubt
  /// it hides too much.
  public static func redacted(_ text: String) -> String {
    let bytes = Array(text.utf8)
    guard mayHoldSecret(bytes) else { return text }
    return String(decoding: redactURIs(redactPairs(bytes)), as: UTF8.self)
  }

  private static func mayHoldSecret(_ bytes: [UInt8]) -> Bool {
    var hasEquals = false
    for (index, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: "=") { hasEquals = true }
      if byte == UInt8(ascii: "@"), index > 0 { return true }
    }
    guard hasEquals else { return false }
    let lower = String(decoding: bytes, as: UTF8.self).lowercased()
    return secretKeys.contains { lower.contains($0) }
  }

  /// Hides the value after `password=`, quoted or not, with blanks around `=` or not.
  private static func redactPairs(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    var index = 0
    while index < bytes.count {
      let word = bytes[index...].prefix { isWordPart($0) }
      guard !word.isEmpty else {
        out.append(bytes[index])
        index += 1
        continue
      }
      out.append(contentsOf: word)
      index = word.endIndex
      guard secretKeys.contains(String(decoding: word, as: UTF8.self).lowercased()) else { continue }
      let equals = bytes[index...].drop { $0 == 0x20 }
      guard equals.first == UInt8(ascii: "=") else { continue }
      let value = equals.dropFirst().drop { $0 == 0x20 }
      out.append(contentsOf: "=***".utf8)
      index = endOfValue(bytes, from: value.startIndex)
    }
    return out
  }

  private static func endOfValue(_ bytes: [UInt8], from start: Int) -> Int {
    guard start < bytes.count else { return start }
    let quote = bytes[start] == UInt8(ascii: "'") || bytes[start] == UInt8(ascii: "\"") ? bytes[start] : nil
    var index = quote == nil ? start : start + 1
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\\") {
        index = min(index + 2, bytes.count)
      } else if let quote {
        index += 1
        if byte == quote { return index }
      } else if byte == 0x20 || byte == 0x0a || byte == 0x09 || byte == UInt8(ascii: "&") {
        return index
      } else {
        index += 1
      }
    }
    return index
  }

  /// Hides what stands between `:` and the last `@` of the authority in `scheme://user:secret@host`.
  private static func redactURIs(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    var index = 0
    while index < bytes.count {
      guard bytes[index...].starts(with: "://".utf8) else {
        out.append(bytes[index])
        index += 1
        continue
      }
      let start = index + 3
      let end = bytes[start...].firstIndex { $0 <= 0x20 } ?? bytes.count
      out.append(contentsOf: "://".utf8)
      index = start
      guard let at = bytes[start..<end].lastIndex(of: UInt8(ascii: "@")),
        let colon = bytes[start..<at].firstIndex(of: UInt8(ascii: ":"))
      else { continue }
      out.append(contentsOf: bytes[start...colon])
      out.append(contentsOf: "***".utf8)
      index = at
    }
    return out
  }

  private static func isWordPart(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
