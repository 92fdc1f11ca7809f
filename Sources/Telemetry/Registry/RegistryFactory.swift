package import CoreMetrics

/// A back end of swift-metrics: everything that libraries count through it appears in the registry.
///
/// Counters are called `NAME_total`, timers become histograms `NAME_seconds`, recorders histograms (aggregating) or gauges;
/// characters that Prometheus does not allow become `_`.
package final class RegistryFactory: MetricsFactory {
  private let registry: MetricRegistry

  package init(_ registry: MetricRegistry) { self.registry = registry }

  package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    RegistryCounter(registry, definition(label, "_total", .counter, dimensions), dimensions)
  }

  package func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler {
    RegistryCounter(registry, definition(label, "_total", .counter, dimensions), dimensions)
  }

  package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    RegistryGauge(registry, definition(label, "", .gauge, dimensions), dimensions)
  }

  package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    if aggregate {
      RegistryHistogram(
        registry, definition(label, "", .histogram, dimensions), dimensions, bounds: Histogram.sizes, scale: 1)
    } else {
      RegistryGauge(registry, definition(label, "", .gauge, dimensions), dimensions)
    }
  }

  package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    RegistryHistogram(
      registry, definition(label, "_seconds", .histogram, dimensions), dimensions, bounds: Histogram.times, scale: 1e-9)
  }

  package func destroyCounter(_ handler: any CounterHandler) { destroy(handler) }
  package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { destroy(handler) }
  package func destroyMeter(_ handler: any MeterHandler) { destroy(handler) }
  package func destroyRecorder(_ handler: any RecorderHandler) { destroy(handler) }
  package func destroyTimer(_ handler: any TimerHandler) { destroy(handler) }

  private func destroy(_ handler: AnyObject) {
    guard let handler = handler as? any RegistryHandler else { return }
    registry.remove(handler.definition.name, handler.labels)
  }

  private func definition(
    _ label: String, _ suffix: String, _ kind: MetricKind, _ dimensions: [(String, String)]
  ) -> MetricDefinition {
    var name = ExpositionText.allowedName(label)
    if !suffix.isEmpty, !name.hasSuffix(suffix) { name += suffix }
    return MetricCatalog.byName[name]
      ?? MetricDefinition(name, kind, "Counted by a library of this program.", labels: dimensions.map(\.0))
  }
}

/// What the handlers have in common.
private protocol RegistryHandler: AnyObject {
  var definition: MetricDefinition { get }
  var labels: [(String, String)] { get }
}

private final class RegistryCounter: RegistryHandler, CounterHandler, FloatingPointCounterHandler {
  private let registry: MetricRegistry
  let definition: MetricDefinition
  let labels: [(String, String)]

  init(_ registry: MetricRegistry, _ definition: MetricDefinition, _ labels: [(String, String)]) {
    self.registry = registry
    self.definition = definition
    self.labels = labels
    registry.count(definition, labels, by: 0)  // a counter that did not count yet is 0, not absent
  }

  func increment(by amount: Int64) { registry.count(definition, labels, by: Double(amount)) }
  func increment(by amount: Double) { registry.count(definition, labels, by: amount) }
  func reset() { registry.reset(definition.name, labels) }
}

private final class RegistryGauge: RegistryHandler, RecorderHandler, MeterHandler {
  private let registry: MetricRegistry
  let definition: MetricDefinition
  let labels: [(String, String)]

  init(_ registry: MetricRegistry, _ definition: MetricDefinition, _ labels: [(String, String)]) {
    self.registry = registry
    self.definition = definition
    self.labels = labels
  }

  func record(_ value: Int64) { registry.set(definition, labels, to: Double(value)) }
  func record(_ value: Double) { registry.set(definition, labels, to: value) }
  func set(_ value: Int64) { registry.set(definition, labels, to: Double(value)) }
  func set(_ value: Double) { registry.set(definition, labels, to: value) }
  func increment(by amount: Double) { registry.add(definition, labels, amount) }
  func decrement(by amount: Double) { registry.add(definition, labels, -amount) }
}

private final class RegistryHistogram: RegistryHandler, RecorderHandler, TimerHandler {
  private let registry: MetricRegistry
  let definition: MetricDefinition
  let labels: [(String, String)]
  private let bounds: [Double]
  private let scale: Double

  init(
    _ registry: MetricRegistry, _ definition: MetricDefinition, _ labels: [(String, String)], bounds: [Double],
    scale: Double
  ) {
    self.registry = registry
    self.definition = definition
    self.labels = labels
    self.bounds = bounds
    self.scale = scale
  }

  func record(_ value: Int64) { record(Double(value)) }
  func record(_ value: Double) { registry.observe(definition, labels, value * scale, bounds: bounds) }
  func recordNanoseconds(_ duration: Int64) { record(Double(duration)) }
}
