import StatusModel
import Testing

@testable import Telemetry

/// The text format, read back.
@Suite struct ExpositionTests {
  private let counter = MetricDefinition("t_total", .counter, "Things\\ that \"are\"\ncounted.", labels: ["name"])

  @Test(
    arguments: [
      "plain", "", "with \"quotes\"", "back\\slash", "new\nline", "\\n", "ünï¢ode 🐘", "}", "a,b=\"c\"", "\u{301}",
      "\"\u{301}",
    ])
  func labelsSurvive(label: String) throws {
    var family = MetricFamily(counter)
    family.add(3, label)
    let parsed = try ExpositionParser(ExpositionText.write([family]))
    #expect(parsed.value("t_total", ["name": label]) == 3)
    #expect(parsed.types == ["t_total": "counter"])
    #expect(parsed.help["t_total"] == counter.help)
  }

  @Test(arguments: [0, 1, -1, 0.1, 1e300, 5e-324, 9_007_199_254_740_993, .infinity, -.infinity, 1_700_000_000.25])
  func numbersSurvive(number: Double) throws {
    var family = MetricFamily(MetricDefinition("g", .gauge, "x"))
    family.add(number)
    #expect(try ExpositionParser(ExpositionText.write([family])).value("g") == number)
  }

  @Test func histogramsAreCumulative() throws {
    let registry = MetricRegistry()
    let definition = MetricDefinition("h_seconds", .histogram, "x", labels: ["q"])
    for value in [0.05, 0.1, 0.5, 7, .nan] {
      registry.observe(definition, [("q", "a")], value, bounds: [0.1, 1])
    }
    let parsed = try ExpositionParser(ExpositionText.write(registry.collect()))
    #expect(parsed.value("h_seconds_bucket", ["q": "a", "le": "0.1"]) == 2)
    #expect(parsed.value("h_seconds_bucket", ["q": "a", "le": "1"]) == 3)
    #expect(parsed.value("h_seconds_bucket", ["q": "a", "le": "+Inf"]) == 4)
    #expect(parsed.value("h_seconds_count", ["q": "a"]) == 4)
    #expect(parsed.value("h_seconds_sum", ["q": "a"]) == 7.65)
  }

  /// Families that come in parts, one for each database, are written as one.
  @Test func familiesAreWrittenTogether() throws {
    var families: [MetricFamily] = []
    for database in ["a", "b"] {
      var snapshot = StatusSnapshot(server: ServerStatus())
      snapshot.queues = [QueueSnapshot(id: 1, name: "q1"), QueueSnapshot(id: 2, name: "q\"2")]
      snapshot.consumers = [ConsumerSnapshot(queue: "q1", name: "c")]
      families += DatabaseMetrics.families(snapshot, database: database)
    }
    families.append(DatabaseMetrics.unreachable("c"))
    let parsed = try ExpositionParser(ExpositionText.write(families))
    #expect(parsed.value("trunkline_database_up", ["database": "a"]) == 1)
    #expect(parsed.value("trunkline_database_up", ["database": "c"]) == 0)
    #expect(parsed.value("trunkline_queue_paused", ["database": "b", "queue": "q\"2"]) == 0)
    #expect(
      parsed.value("trunkline_queue_consumer_pending_events", ["database": "b", "queue": "q1", "consumer": "c"]) == 0)
  }

  @Test func namesAreMadeFit() {
    #expect(ExpositionText.allowedName("my.counter-1") == "my_counter_1")
    #expect(ExpositionText.allowedName("1st") == "_1st")
    #expect(ExpositionText.allowedLabel("a:b") == "a_b")
  }
}
