/// A part of a large batch by the ids of its events, which are in the order of the changes: while the target takes over one slice, the
/// source prepares the next. All slices of a batch are of one transaction. A pure value.
package struct BatchSlice: Sendable, Equatable {
  /// Only events behind `after` and up to `last` are of the slice.
  var after: Int64, last: Int64

  /// How large a slice may be: large enough that the net of its changes is worth it, and that the source, which reads the whole
  /// batch for each of them, does not do so too often.
  package struct Limit: Sendable {
    package var events = 50_000
    package var bytes: Int64 = 16 << 20
    package var slices = 6

    package init() {}
  }

  /// Cuts a batch into slices of about the same size.
  ///
  /// - Parameter isNetted: whether the last state of each key is sought; else rows are passed on as they come, and nobody waits.
  static func cut(_ groups: [StagedGroup], isNetted: Bool, limit: Limit) -> [BatchSlice] {
    guard let first = groups.map(\.firstEvent).min(), let last = groups.map(\.lastEvent).max() else { return [] }
    let events = groups.map(\.count).reduce(0, +)
    let bytes = groups.map(\.bytes).reduce(0, +)
    let wanted = max(events / limit.events, Int(clamping: bytes / limit.bytes))
    let count = isNetted ? Int64(min(max(wanted, 1), limit.slices)) : 1
    let width = (last - first) / count + 1
    return (0..<count).map { index in
      BatchSlice(
        after: first - 1 + index * width, last: index == count - 1 ? last : min(last, first - 1 + (index + 1) * width))
    }
  }

  /// Whether events of the group may be in the slice.
  func overlaps(_ group: StagedGroup) -> Bool { group.lastEvent > after && group.firstEvent <= last }
}
