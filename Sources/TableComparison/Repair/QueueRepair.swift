import EventFormats
package import PostgresClient

extension TableRepair {
  /// Sends the source's rows of the keys through the queue again, so that every copy of the table gets them, in order with
  /// everything else: the row as it is now, or its deletion.
  ///
  /// - Parameter source: the database where the events of the queue are made.
  /// - Throws: ``ComparisonError``: the table has no key; `PostgresError`: it is not captured, the queue refuses events.
  package func resend(
    _ rows: [DifferingRow], key: [String], queue: String, from source: PostgresConnection
  ) async throws -> Outcome {
    var outcome = Outcome()
    for isGone in [false, true] {
      let keys = rows.filter { ($0.difference == .surplus) == isGone }.map(\.key)
      for page in Self.pages(keys, of: 500) {
        let sent = try await resend(page, key, isGone: isGone, queue, source)
        outcome.sent += sent
        outcome.skipped += page.count - sent
      }
    }
    return outcome
  }

  /// Rows that somebody is changing are tried again for a while.
  private func resend(
    _ keys: [[String?]], _ key: [String], isGone: Bool, _ queue: String, _ source: PostgresConnection
  ) async throws -> Int {
    var open = keys
    for _ in 0..<50 {
      let rows = open.map { JSONRow.encode(zip(key, $0).map { ColumnValue($0, $1) }) }.joined(separator: ",")
      let (sent, busy) = try await source.transaction { source in
        try await source.execute("set local lock_timeout = '5s'")
        let row = try await source.query(
          """
          select sent, busy from trunkline.resend_rows(\(table.source.quoted)::regclass, \(queue),
            \(table.nameInQueue), \("[\(rows)]")::json, \(isGone))
          """
        ).first
        guard let answer = try row?.decode([Int64].self, Int.self) else {
          throw PostgresError(.decoding, "resend_rows returned nothing")
        }
        return answer
      }
      let done = Set(sent)
      open = open.enumerated().filter { !done.contains(Int64($0.offset) + 1) }.map(\.element)
      guard busy > 0 else { break }
      try await Task.sleep(for: .milliseconds(100))
    }
    return keys.count - open.count
  }
}
