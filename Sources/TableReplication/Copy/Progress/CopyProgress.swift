package import EventFormats

/// How far copies are, from what is told of them. A value; times are given.
package struct CopyProgress: Sendable {
  /// One table.
  package struct Table: Sendable, Equatable {
    package var name: QualifiedName
    /// Estimated bytes in the source that were left to copy, and how many of them are done.
    package var total: Int64, done: Int64 = 0
    /// Bytes that went over, and rows that are there for good.
    package var moved: Int64 = 0, rows: Int64
    /// What is being built.
    package var building: String?
    package var isFinished = false

    /// How much is done, from 0 to 1.
    package var fraction: Double { isFinished ? 1 : total > 0 ? min(1, Double(done) / Double(total)) : 0 }
  }

  /// The tables in the order in which they were planned.
  package private(set) var tables: [Table] = []
  private var positions: [QualifiedName: Int] = [:]
  private var began: Duration?
  /// Samples of the bytes that went over, one a second at most; the oldest is dropped.
  private var samples: [(at: Duration, moved: Int64)] = []

  package init() {}

  /// Takes notice of an event.
  ///
  /// - Parameter now: the time since any fixed moment.
  package mutating func note(_ event: CopyEvent, at now: Duration) {
    if began == nil { began = now }
    switch event {
    case .planned(let name, let bytes, let rows):
      if let index = positions[name] {
        tables[index] = Table(name: name, total: bytes, rows: rows)
      } else {
        positions[name] = tables.count
        tables.append(Table(name: name, total: bytes, rows: rows))
      }
    case .moved(let name, let bytes):
      change(name) { $0.moved += Int64(bytes) }
      if samples.last.map({ now - $0.at >= .seconds(1) }) ?? true {
        samples.append((now, moved))
        if samples.count > 10 { samples.removeFirst() }
      }
    case .copied(let name, let rows, _, let estimate):
      change(name) {
        $0.done += estimate
        $0.rows += Int64(rows)
      }
    case .building(let name, let object): change(name) { $0.building = object }
    case .finished(let name, let rows):
      change(name) {
        $0.isFinished = true
        $0.building = nil
        $0.rows = rows
      }
    case .warning: break
    }
  }

  private mutating func change(_ name: QualifiedName, _ body: (inout Table) -> Void) {
    guard let index = positions[name] else { return }
    body(&tables[index])
  }

  /// Bytes that went over.
  package var moved: Int64 { tables.map(\.moved).reduce(0, +) }
  /// Rows that are there for good.
  package var rows: Int64 { tables.map(\.rows).reduce(0, +) }

  /// How much of all tables is done, from 0 to 1.
  package var fraction: Double {
    let total = tables.map(\.total).reduce(0, +)
    guard total > 0 else { return tables.allSatisfy(\.isFinished) ? 1 : 0 }
    return min(1, Double(tables.map { $0.isFinished ? $0.total : min($0.done, $0.total) }.reduce(0, +)) / Double(total))
  }

  /// Bytes a second, over the last seconds.
  package func rate(at now: Duration) -> Double {
    guard let first = samples.first, now - first.at >= .milliseconds(100) else { return 0 }
    return Double(moved - first.moved) / ((now - first.at) / .seconds(1))
  }

  /// How long the rest takes if it goes on as so far; `nil` while that cannot be told.
  package func remaining(at now: Duration) -> Duration? {
    guard let began, fraction > 0, now > began else { return nil }
    return (now - began) * ((1 - fraction) / fraction)
  }
}
