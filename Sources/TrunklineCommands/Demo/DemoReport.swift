import TableComparison

/// What the demo came to.
struct DemoReport: Sendable {
  /// Times from insert to insert, in milliseconds.
  struct Latency: Sendable {
    var median = 0.0, p99 = 0.0, longest = 0.0
  }

  var tables: [TableDifference] = []
  var events: Int64 = 0
  /// Events a second while pgbench wrote.
  var rate = 0.0
  var latency = Latency()
  var transactions = ""
  var logs = ""
  var lookAround: [String] = []

  /// Rows that differ, all tables together.
  var differences: Int { tables.map(\.count).reduce(0, +) }

  /// The closing table.
  var text: String {
    var list = TextTable(["table", "rows", "rows in target", "differences"], rightAligned: [1, 2, 3])
    for table in tables {
      list.add([table.table, "\(table.sourceRows)", "\(table.targetRows)", "\(table.count)"])
    }
    var facts = TextTable(["", ""])
    facts.add(["events replicated", "\(events)"])
    facts.add(["events a second", Self.number(rate)])
    facts.add(["lag p50 / p99", "\(Self.number(latency.median)) ms / \(Self.number(latency.p99)) ms"])
    facts.add(["longest lag", "\(Self.number(latency.longest)) ms (initial copy and the kill included)"])
    if !transactions.isEmpty { facts.add(["pgbench", transactions]) }
    facts.add(["differences", "\(differences)"])
    facts.add(["logs", logs])
    var text = "\n" + list.text + facts.text
    if !lookAround.isEmpty { text += "\nBoth servers still run. Look around:\n" }
    for line in lookAround { text += "  \(line)\n" }
    return text
  }

  static func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths >= 1000 || tenths % 10 == 0 ? "\((tenths + 5) / 10)" : "\(tenths / 10).\(tenths % 10)"
  }
}
