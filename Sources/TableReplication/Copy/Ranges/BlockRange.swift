/// Blocks of a table's file, from `first` up to but without `end`.
struct BlockRange: Hashable, Sendable {
  var first: Int64
  var end: Int64

  var count: Int64 { end - first }

  /// The parts of `whole` that none of `done` covers, in order. What is done may overlap and reach beyond the whole.
  static func gaps(in whole: BlockRange, without done: [BlockRange]) -> [BlockRange] {
    var gaps: [BlockRange] = []
    var next = whole.first
    for range in done.sorted(by: { $0.first < $1.first }) where range.end > next && range.first < whole.end {
      if range.first > next { gaps.append(BlockRange(first: next, end: range.first)) }
      next = max(next, range.end)
    }
    if next < whole.end { gaps.append(BlockRange(first: next, end: whole.end)) }
    return gaps
  }

  /// The range in parts of about equal size, none of more than `most` blocks.
  func split(atMost most: Int64) -> [BlockRange] {
    guard count > 0 else { return [] }
    let parts = (count + max(1, most) - 1) / max(1, most)
    return (0..<parts).map { part in
      BlockRange(first: first + count * part / parts, end: first + count * (part + 1) / parts)
    }
  }
}
