extension Duration {
  /// Parses `250ms`, `2s`, `1.5min`, `1h`, `1d`; a plain number is seconds. Nil for anything else and for negative values.
  public init?(parsing text: String) {
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard let value = Double(number), value >= 0, value < 1e9 else { return nil }
    let seconds: Double
    switch text[number.endIndex...].lowercased() {
    case "us": seconds = 1e-6
    case "ms": seconds = 1e-3
    case "", "s": seconds = 1
    case "m", "min": seconds = 60
    case "h": seconds = 3600
    case "d": seconds = 86400
    default: return nil
    }
    self = .seconds(value * seconds)
  }

  /// Seconds with fractions.
  public var inSeconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
}
