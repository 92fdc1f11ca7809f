import Synchronization

/// The values that a process has counted and measured, by metric and labels.
///
/// Labels come from a program's own names (queues, consumers, tables); so many of them are kept, and no more: what comes
/// beyond is counted under a label `overflow`, and the process does not grow.
package final class MetricRegistry: Sendable {
  private struct Series {
    var labels: [(String, String)]
    var value: MetricFamily.Value
  }

  private struct Family {
    var definition: MetricDefinition
    var series: [String: Series] = [:]
  }

  private let families = Mutex<[String: Family]>([:])
  private let mostSeries: Int

  package init(mostSeries: Int = 10_000) { self.mostSeries = mostSeries }

  /// Adds to a counter; what is negative or no number is left out.
  package func count(_ definition: MetricDefinition, _ labels: [(String, String)], by amount: Double = 1) {
    guard amount >= 0 else { return }
    change(definition, labels, initial: .number(0)) { value in
      if case .number(let old) = value { value = .number(old + amount) }
    }
  }

  /// Sets a gauge, or changes it by an amount.
  package func set(_ definition: MetricDefinition, _ labels: [(String, String)], to number: Double) {
    change(definition, labels, initial: .number(0)) { $0 = .number(number) }
  }

  /// Changes a gauge.
  package func add(_ definition: MetricDefinition, _ labels: [(String, String)], _ amount: Double) {
    change(definition, labels, initial: .number(0)) { value in
      if case .number(let old) = value { value = .number(old + amount) }
    }
  }

  /// Adds an observation to a histogram.
  package func observe(
    _ definition: MetricDefinition, _ labels: [(String, String)], _ number: Double, bounds: [Double]
  ) {
    change(definition, labels, initial: .histogram(Histogram(bounds: bounds))) { value in
      guard case .histogram(var histogram) = value else { return }
      histogram.observe(number)
      value = .histogram(histogram)
    }
  }

  /// Sets a value back to its beginning.
  package func reset(_ name: String, _ labels: [(String, String)]) {
    families.withLock { families in
      guard let value = families[name]?.series[Self.key(labels)]?.value else { return }
      switch value {
      case .number: families[name]?.series[Self.key(labels)]?.value = .number(0)
      case .histogram(let old):
        families[name]?.series[Self.key(labels)]?.value = .histogram(Histogram(bounds: old.bounds))
      }
    }
  }

  /// Forgets a value.
  package func remove(_ name: String, _ labels: [(String, String)]) {
    families.withLock { $0[name]?.series[Self.key(labels)] = nil }
  }

  /// All values, sorted by name and labels.
  package func collect() -> [MetricFamily] {
    families.withLock { families in
      families.values.filter { !$0.series.isEmpty }.sorted { $0.definition.name < $1.definition.name }.map { family in
        MetricFamily(
          family.definition,
          samples: family.series.sorted { $0.key < $1.key }.map { ($0.value.labels, $0.value.value) })
      }
    }
  }

  private func change(
    _ definition: MetricDefinition, _ labels: [(String, String)], initial: MetricFamily.Value,
    _ body: (inout MetricFamily.Value) -> Void
  ) {
    families.withLock { families in
      var labels = labels
      var key = Self.key(labels)
      let known = families[definition.name]?.series.count ?? 0
      if known >= mostSeries, families[definition.name]?.series[key] == nil {
        labels = labels.map { ($0.0, "overflow") }
        key = Self.key(labels)
      }
      body(
        &families[definition.name, default: Family(definition: definition)]
          .series[key, default: Series(labels: labels, value: initial)].value)
    }
  }

  private static func key(_ labels: [(String, String)]) -> String {
    labels.map { "\($0.0)\u{1}\($0.1)" }.joined(separator: "\u{2}")
  }
}
