import EventQueue
import InMemoryTracing
import Instrumentation
import Metrics
import MetricsTestKit
import PostgresClient
import PostgresTesting
import Testing
import Tracing

/// Numbers and traces.
@Suite struct ObservabilityTests {
  private static let metrics: TestMetrics = {
    let metrics = TestMetrics()
    MetricsSystem.bootstrap(metrics)
    return metrics
  }()

  private static let tracer: InMemoryTracer = {
    let tracer = InMemoryTracer()
    InstrumentationSystem.bootstrap(tracer)
    return tracer
  }()

  private func counter(_ name: String) throws -> Int64 {
    try Self.metrics.expectCounter("trunkline_consumer_\(name)", [("queue", "q"), ("consumer", "measured")]).totalValue
  }

  @Test func consumersAreCountedWithQueueAndName() async throws {
    _ = Self.metrics
    try await LibraryFixture.with { fixture in
      try await fixture.database.psql(
        "select pgq.unregister_consumer('q', 'c'); select pgq.register_consumer('q', 'measured')")
      var consumer = fixture.messages()
      consumer.name = "measured"
      let measured = consumer
      let notes = Notes()
      try await during({
        try await measured.run { message in
          notes.add(message.payload ?? "")
          if message.payload == "1" { throw DeadLetter("never") }
          if message.payload == "2" { throw RetryLater("busy", after: .seconds(3600)) }
        }
      }) {
        try await fixture.send(1...10)
        try await notes.wait { $0.count == 10 }
        try await fixture.waitForTheEnd()
        try await pollUntil("the count") { (try? counter("batches")) == 1 }
      }
      #expect(try counter("received") == 10)
      #expect(try counter("acknowledged") == 8)
      #expect(try counter("dead") == 1)
      #expect(try counter("retried") == 1)
      let labels = [("queue", "q"), ("consumer", "measured")]
      #expect(try Self.metrics.expectTimer("trunkline_consumer_duration", labels).values.count == 8)
      #expect(try !Self.metrics.expectGauge("trunkline_consumer_lag_seconds", labels).values.isEmpty)
    }
  }

  @Test func aTraceGoesFromTheProducerToTheHandler() async throws {
    let tracer = Self.tracer
    try await LibraryFixture.with { fixture in
      let notes = Notes()
      let type = "traced"
      try await during({
        try await fixture.messages().run { message in
          notes.add(message.payload ?? "")
          #expect(message.headers?.contains("tenant") == true)
          withSpan("inside the handler of \(type)") { _ in }
        }
      }) {
        try await withSpan("placing \(type)") { _ in
          let connection = try await PostgresConnection.connect(PostgresConfiguration(fixture.address))
          let event = OutgoingEvent(payload: "1", headers: ["tenant": "t1"])
          try await Producer(queue: "q").send(event, over: connection)
          try await connection.execute("select pgq._make_tick('q')")
          await connection.close()
        }
        try await notes.wait { $0 == ["1"] }
        try await fixture.waitForTheEnd()
      }
      let spans = tracer.finishedSpans
      let producer = try #require(spans.first { $0.operationName == "placing traced" })
      let inner = try #require(spans.first { $0.operationName == "inside the handler of traced" })
      let handler = try #require(spans.first { $0.spanID == inner.parentSpanID })
      #expect(handler.operationName == "q message")
      #expect(handler.kind == .consumer)
      #expect(handler.parentSpanID == producer.spanID)
      #expect(handler.traceID == producer.traceID && inner.traceID == producer.traceID)
    }
  }

  @Test(arguments: [nil, "", "[]", "no JSON", #"{"a": 1}"#])
  func headersThatAreNoneCarryNoTrace(_ headers: String?) {
    _ = Self.tracer
    #expect(TraceHeaders.context(of: headers).inMemorySpanContext == nil)
  }
}
