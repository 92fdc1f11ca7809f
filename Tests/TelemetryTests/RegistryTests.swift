import CoreMetrics
import Testing

@testable import Telemetry

/// What libraries count through swift-metrics comes out.
@Suite struct RegistryTests {
  private let registry = MetricRegistry()

  private func parsed() throws -> ExpositionParser { try ExpositionParser(ExpositionText.write(registry.collect())) }

  @Test func countersTimersGaugesAndRecorders() throws {
    let factory = RegistryFactory(registry)
    let counter = Counter(label: "jobs.done", dimensions: [("kind", "x")], factory: factory)
    #expect(try parsed().value("jobs_done_total", ["kind": "x"]) == 0)
    counter.increment(by: 5)
    counter.increment()
    FloatingPointCounter(label: "work", dimensions: [], factory: factory).increment(by: 1.5)
    let gauge = Gauge(label: "level", dimensions: [], factory: factory)
    gauge.record(7)
    gauge.record(3)
    let meter = Meter(label: "meter", dimensions: [], factory: factory)
    meter.increment(by: 2)
    meter.decrement(by: 0.5)
    Timer(label: "took", dimensions: [], preferredDisplayUnit: .seconds, factory: factory).recordNanoseconds(20_000_000)
    Recorder(label: "sizes", dimensions: [], aggregate: true, factory: factory).record(50)
    let parsed = try parsed()
    #expect(parsed.value("jobs_done_total", ["kind": "x"]) == 6)
    #expect(parsed.value("work_total") == 1.5)
    #expect(parsed.value("level") == 3)
    #expect(parsed.value("meter") == 1.5)
    #expect(parsed.value("took_seconds_sum") == 0.02 && parsed.types["took_seconds"] == "histogram")
    #expect(parsed.value("took_seconds_bucket", ["le": "0.01"]) == 0)
    #expect(parsed.value("took_seconds_bucket", ["le": "0.025"]) == 1)
    #expect(parsed.value("sizes_count") == 1)
  }

  @Test func resetAndDestroy() throws {
    let factory = RegistryFactory(registry)
    let counter = Counter(label: "c", dimensions: [("a", "1")], factory: factory)
    counter.increment()
    counter.reset()
    #expect(try parsed().value("c_total", ["a": "1"]) == 0)
    counter.destroy()
    #expect(registry.collect().isEmpty)
  }

  @Test func knownMetricsKeepTheirHelp() throws {
    Counter(
      label: "trunkline_ticker_ticks", dimensions: [("database", "d")], factory: RegistryFactory(registry)
    ).increment()
    #expect(try parsed().help["trunkline_ticker_ticks_total"] == "Ticks made.")
  }

  /// Labels without end must not eat the memory of a daemon.
  @Test func labelsWithoutEndAreCountedTogether() throws {
    let small = MetricRegistry(mostSeries: 3)
    let definition = MetricDefinition("t_total", .counter, "x", labels: ["table"])
    for number in 0..<100 { small.count(definition, [("table", "\(number)")]) }
    let parsed = try ExpositionParser(ExpositionText.write(small.collect()))
    #expect(parsed.samples.count == 4)
    #expect(parsed.value("t_total", ["table": "overflow"]) == 97)
  }

  @Test func countingFromManyTasksLosesNothing() async throws {
    let factory = RegistryFactory(registry)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          let counter = Counter(label: "c", dimensions: [], factory: factory)
          for _ in 0..<1000 { counter.increment() }
        }
      }
    }
    #expect(try parsed().value("c_total") == 8000)
  }
}
