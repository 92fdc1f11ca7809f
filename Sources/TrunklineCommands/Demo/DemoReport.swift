import TableComparison

/// What the demo came to.
struct DemoReport: Sendable {
  /// Times from insert to insert, in milliseconds.
  struct Latency: Sendable {
    var median = 0.0, p99 = 0.0, longest = 0.0
  }

  /// A table of a node, compared with the root's.
  struct Line: Sendable {
    var node: String
    var difference: TableDifference
  }

  var lines: [Line] = []
  var events: Int64 = 0
  /// Events a second while pgbench wrote.
  var rate = 0.0
  var latency = Latency()
  /// Transactions of pgbench, before and after the switchover.
  var transactions = 0
  /// Milliseconds in which no write was possible while the root was switched over.
  var standstill = 0.0
  var logs = ""
  var lookAround: [String] = []

  /// Rows that differ, all nodes and tables together.
  var differences: Int { lines.map(\.difference.count).reduce(0, +) }

  /// The closing table.
  var text: String {
    var list = TextTable(["node", "table", "rows in the root", "rows", "differences"], rightAligned: [2, 3, 4])
    for line in lines {
      list.add([
        line.node, line.difference.table, "\(line.difference.sourceRows)", "\(line.difference.targetRows)",
        "\(line.difference.count)",
      ])
    }
    var facts = TextTable(["", ""])
    facts.add(["events replicated", "\(events)"])
    facts.add(["events a second", Self.number(rate)])
    facts.add(["lag root to leaf p50 / p99", "\(Self.number(latency.median)) ms / \(Self.number(latency.p99)) ms"])
    facts.add(["longest lag", "\(Self.number(latency.longest)) ms (the kill and the switchover included)"])
    facts.add(["no writes during switchover", "\(Self.number(standstill)) ms"])
    facts.add(["transactions of pgbench", "\(transactions)"])
    facts.add(["differences", "\(differences)"])
    facts.add(["logs", logs])
    var text = "\n" + list.text + facts.text
    if !lookAround.isEmpty { text += "\nThe servers still run. Look around:\n" }
    for line in lookAround { text += "  \(line)\n" }
    return text
  }

  static func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths >= 1000 || tenths % 10 == 0 ? "\((tenths + 5) / 10)" : "\(tenths / 10).\(tenths % 10)"
  }
}
