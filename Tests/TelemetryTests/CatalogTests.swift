import Foundation
import Testing

@testable import Telemetry

/// The table of metrics in the documentation is complete and true.
@Suite struct CatalogTests {
  private var page: String {
    get throws {
      let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
      return try String(contentsOf: root.appending(path: "docs/operators/monitoring.md"), encoding: .utf8)
    }
  }

  /// Rows `| name | kind | labels | meaning |`.
  private func rows() throws -> [[String]] {
    try page.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { line in
      line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }.filter { $0.count == 4 && ["counter", "gauge", "histogram"].contains($0[1]) }
  }

  @Test func everyMetricIsInTheTableAndNothingElse() throws {
    let documented = try rows().map { "\($0[0]) \($0[1]) \($0[2])" }
    let exported = MetricCatalog.all.map { "`\($0.name)` \($0.kind.rawValue) \($0.labels.joined(separator: ", "))" }
    #expect(Set(exported).subtracting(documented) == [])
    #expect(Set(documented).subtracting(exported) == [])
    #expect(documented.count == Set(documented).count)
  }

  @Test func namesFollowTheConventions() {
    #expect(MetricCatalog.all.count == MetricCatalog.byName.count)
    for metric in MetricCatalog.all {
      #expect(metric.name == ExpositionText.allowedName(metric.name))
      #expect(metric.name.hasSuffix("_total") == (metric.kind == .counter), "\(metric.name)")
      #expect(!metric.help.isEmpty && metric.help.hasSuffix("."), "\(metric.name)")
    }
  }

  /// Alerts and examples of the page name metrics that there are.
  @Test func examplesNameMetricsThatThereAre() throws {
    for match in try page.matches(of: Regex("(trunkline|process)_[a-z_]+")) {
      let name = String(try page[match.range])
      let base =
        ["_bucket", "_sum", "_count"].first { name.hasSuffix($0) }.map { String(name.dropLast($0.count)) } ?? name
      #expect(MetricCatalog.byName[name] != nil || MetricCatalog.byName[base] != nil, "\(name)")
    }
  }
}
