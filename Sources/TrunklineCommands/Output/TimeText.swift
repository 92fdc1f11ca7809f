/// Times as people read them.
enum TimeText {
  /// Seconds as `12 ms`, `3.4 s`, `5 min`, `2 h`, `3 d`; `-` without a value.
  static func short(_ seconds: Double?) -> String {
    guard let seconds, seconds.isFinite else { return "-" }
    switch abs(seconds) {
    case ..<1: return "\(Int((seconds * 1000).rounded())) ms"
    case ..<60:
      let tenths = Int((seconds * 10).rounded())
      return "\(tenths / 10).\(abs(tenths % 10)) s"
    case ..<7200: return "\(Int(seconds / 60)) min"
    case ..<172_800: return "\(Int(seconds / 3600)) h"
    default: return "\(Int(seconds / 86_400)) d"
    }
  }
}
