/// What a metric measures, as Prometheus distinguishes it.
package enum MetricKind: String, Sendable {
  /// Only grows, from 0 at the start of the process.
  case counter
  /// Goes up and down.
  case gauge
  /// Counts observations by size.
  case histogram
}

/// The name, kind and meaning of a metric.
package struct MetricDefinition: Sendable, Equatable {
  package let name: String
  package let kind: MetricKind
  package let help: String
  /// Names of the labels, in the order in which they are written.
  package let labels: [String]

  package init(_ name: String, _ kind: MetricKind, _ help: String, labels: [String] = []) {
    self.name = name
    self.kind = kind
    self.help = help
    self.labels = labels
  }
}

/// A metric's values at one moment.
package struct MetricFamily: Sendable {
  package enum Value: Sendable, Equatable {
    case number(Double)
    case histogram(Histogram)
  }

  package var definition: MetricDefinition
  package var samples: [(labels: [(String, String)], value: Value)]

  package init(_ definition: MetricDefinition, samples: [(labels: [(String, String)], value: Value)] = []) {
    self.definition = definition
    self.samples = samples
  }

  /// Adds a number; labels in the order of the definition.
  package mutating func add(_ value: Double, _ labels: String...) {
    samples.append((Array(zip(definition.labels, labels)), .number(value)))
  }
}
