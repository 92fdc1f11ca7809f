/// Sizes as people read them.
enum SizeText {
  /// Bytes as `812 B`, `64 kB`, `3.4 MB`, `12 GB`; `-` without a value.
  static func short(_ bytes: Int64?) -> String {
    guard let bytes else { return "-" }
    guard bytes >= 1024 else { return "\(bytes) B" }
    var value = Double(bytes) / 1024
    for unit in ["kB", "MB", "GB"] {
      if value < 1024 { return number(value) + " " + unit }
      value /= 1024
    }
    return number(value) + " TB"
  }

  private static func number(_ value: Double) -> String {
    guard value < 10 else { return "\(Int(value.rounded()))" }
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
