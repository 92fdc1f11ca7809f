/// Numbers as people read them.
package enum ReadableText {
  /// `850 ms`, `12 s`, `3 min 5 s`, `3 h 12 min`, `2 d 4 h`.
  package static func time(_ seconds: Double) -> String {
    guard seconds.isFinite, abs(seconds) < 1e12 else { return "ever" }
    guard seconds >= 0 else { return "-" + time(-seconds) }
    if seconds < 1 { return "\(Int((seconds * 1000).rounded())) ms" }
    let whole = Int(seconds.rounded())
    switch whole {
    case ..<60: return "\(whole) s"
    case ..<600: return pair(whole / 60, "min", whole % 60, "s")
    case ..<3600: return "\(whole / 60) min"
    case ..<86_400: return pair(whole / 3600, "h", whole % 3600 / 60, "min")
    default: return pair(whole / 86_400, "d", whole % 86_400 / 3600, "h")
    }
  }

  /// `512 B`, `8.0 kB`, `1.4 GB`; powers of 1024, as PostgreSQL counts.
  package static func bytes(_ count: Int64) -> String {
    guard abs(count) >= 1024 else { return "\(count) B" }
    var value = Double(count) / 1024
    for unit in ["kB", "MB", "GB"] {
      if abs(value) < 1000 { return "\(tenths(value)) \(unit)" }
      value /= 1024
    }
    return "\(tenths(value)) TB"
  }

  /// `1,234,567`
  package static func count(_ value: Int64) -> String {
    let digits = String(value.magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
      text.append(digit)
    }
    return value < 0 ? "-" + text : text
  }

  /// `1 event`, `2,000 events`
  package static func count(_ value: Int64, _ noun: String) -> String {
    "\(count(value)) \(noun)\(value == 1 ? "" : "s")"
  }

  /// One decimal below a hundred, none above.
  package static func tenths(_ value: Double) -> String {
    guard abs(value) < 100 else { return "\(Int(value.rounded()))" }
    let tenths = Int((value * 10).rounded())
    return "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
  }

  private static func pair(_ large: Int, _ unit: String, _ small: Int, _ smallUnit: String) -> String {
    small == 0 ? "\(large) \(unit)" : "\(large) \(unit) \(small) \(smallUnit)"
  }
}
