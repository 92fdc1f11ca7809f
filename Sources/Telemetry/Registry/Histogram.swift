/// Observations counted by size.
package struct Histogram: Sendable, Equatable {
  /// Upper bounds of the buckets, ascending; one more bucket takes what is larger.
  package let bounds: [Double]
  /// Observations in each bucket, not cumulative.
  package private(set) var counts: [UInt64]
  package private(set) var sum = 0.0

  /// Seconds: from a tenth of a millisecond to a minute and a half.
  package static let times: [Double] = [
    0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 90,
  ]
  /// Numbers of things.
  package static let sizes: [Double] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000]

  package init(bounds: [Double]) {
    self.bounds = bounds
    counts = Array(repeating: 0, count: bounds.count + 1)
  }

  package var count: UInt64 { counts.reduce(0, +) }

  package mutating func observe(_ value: Double) {
    guard !value.isNaN else { return }
    counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
    sum += value
  }
}
