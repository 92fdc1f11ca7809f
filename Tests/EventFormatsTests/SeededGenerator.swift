import EventFormats

/// Random numbers that are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Text full of what parsers stumble over.
  mutating func text(maximum: Int = 12) -> String {
    let pieces = [
      "a", "Z", "0", "_", ".", "-", " ", "+", "%", "&", "=", "'", "\"", "\\", "\n", "\r", "\t", "\u{08}", "\u{0b}",
      "\u{0c}",
      "\u{01}", "\u{7f}", ",", ";", "(", ")", "null", "where", "and", "values", "é", "\u{301}", "漢", "🐘", "\u{2028}",
      "/", "N",
    ]
    return (0..<Int.random(in: 0...maximum, using: &self)).map { _ in pieces.randomElement(using: &self) ?? "" }
      .joined()
  }

  mutating func name() -> String {
    let text = text()
    return text.isEmpty ? "c" : String(decoding: text.utf8.prefix(20).prefix { $0 < 0x80 } + [0x78], as: UTF8.self)
  }

  mutating func columns(minimum: Int = 0) -> [ColumnValue] {
    (0..<Int.random(in: minimum...6, using: &self)).map { _ in
      ColumnValue(name(), Bool.random(using: &self) ? text() : nil)
    }
  }

  /// Bytes of a valid text with random damage.
  mutating func damaged(_ text: String) -> String {
    var bytes = Array(text.utf8)
    for _ in 0..<Int.random(in: 1...4, using: &self) where !bytes.isEmpty {
      let index = Int.random(in: 0..<bytes.count, using: &self)
      switch Int.random(in: 0..<3, using: &self) {
      case 0: bytes.remove(at: index)
      case 1: bytes[index] = UInt8.random(in: 0..<128, using: &self)
      default: bytes.removeSubrange(index...)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
