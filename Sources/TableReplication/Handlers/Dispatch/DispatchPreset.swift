/// Names for common arguments of `dispatch`: `daily_event`, `bulk_monthly_field`, ..., `direct`, `bulk_direct`.
package struct DispatchPreset: Sendable, Equatable {
  package var name: String
  package var tableMode: DispatchOptions.TableMode
  package var partMode: DispatchOptions.PartMode
  package var rowMode: DispatchOptions.RowMode
  package var period: PartitionPeriod
  /// What it stands for, in a sentence.
  package var summary: String

  /// All of them.
  package static let all: [DispatchPreset] = {
    let periods: [(String, PartitionPeriod)] = [
      ("hourly", .hour), ("daily", .day), ("monthly", .month), ("yearly", .year),
    ]
    let modes: [(String, DispatchOptions.PartMode, String)] = [
      ("event", .eventTime, "time of the event"), ("batch", .batchTime, "time of the batch"),
      ("field", .dateField, "part_field"), ("time", .currentTime, "time of writing"),
    ]
    var presets: [DispatchPreset] = []
    for prefix in ["", "bulk_"] {
      for (adverb, period) in periods {
        for (word, mode, text) in modes {
          presets.append(
            DispatchPreset(
              name: "\(prefix)\(adverb)_\(word)", tableMode: .part, partMode: mode, rowMode: .keepLatest,
              period: period, summary: "dispatch: the latest row of each key, in a partition a \(period) by the \(text)"
            ))
        }
      }
      presets.append(
        DispatchPreset(
          name: "\(prefix)direct", tableMode: .direct, partMode: .batchTime, rowMode: .plain, period: .day,
          summary: "dispatch: without partitions"))
    }
    return presets
  }()

  /// The one of that name.
  package static func named(_ name: String) -> DispatchPreset? { all.first { $0.name == name } }
}
