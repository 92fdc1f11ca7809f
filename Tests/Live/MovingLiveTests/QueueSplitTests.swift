import EventQueue
import Foundation
import PostgresClient
import PostgresTesting
import Testing

/// Events of one queue are spread over several, none of them silently dropped.
@Suite struct QueueSplitTests {
  private func insert(_ fixture: MovingFixture) async throws {
    try await fixture.source.run(
      """
      select pgq.insert_event('orders', type, data, table_name, null, null, null)
      from (values ('order.new', '1', 'public.a'), ('order.paid', '2', 'public.b'), ('bill:new', '3', 'public.a'),
        ('order.gone', '4', 'public.b'), ('other', '5', null)) v (type, data, table_name)
      """)
    try await fixture.tick()
  }

  @Test func theFirstRouteThatFitsCountsAndTheRestHasAQueue() async throws {
    try await MovingFixture.with { fixture in
      try await insert(fixture)
      var routing = EventRouting(rest: .queue("rest"))
      routing.routes = [
        .init(EventPattern(.type, "order.gone"), to: "gone"), .init(EventPattern(.extra1, "public.b"), to: "b"),
        .init(EventPattern(.type, "order.*"), to: "orders"),
      ]
      let outcome = try await fixture.mover(routing, create: true).drain()
      #expect(outcome.destinations == ["gone": 1, "b": 1, "orders": 1, "rest": 2])
      #expect(try await fixture.events("ev_data", of: "gone") == "4")
      #expect(try await fixture.events("ev_data", of: "b") == "2")
      #expect(try await fixture.events("ev_data", of: "orders") == "1")
      #expect(try await fixture.events("ev_data", of: "rest") == "3 5")
    }
  }

  @Test func queuesAreNamedByTableOrTypePrefix() async throws {
    try await MovingFixture.with { fixture in
      try await insert(fixture)
      var routing = EventRouting(rest: .queue("no table"))
      routing.naming = EventRouting.Naming(.extra1)
      try await fixture.mover(routing, create: true).drain()
      #expect(try await fixture.events("ev_data", of: "public.a") == "1 3")
      #expect(try await fixture.events("ev_data", of: "public.b") == "2 4")
      #expect(try await fixture.events("ev_data", of: "no table") == "5")

      try await insert(fixture)
      routing = EventRouting(rest: .stop)
      routing.naming = EventRouting.Naming(.type)
      routing.naming?.isByPrefix = true
      routing.naming?.prefix = "in_"
      let outcome = try await fixture.mover(routing, create: true).drain()
      #expect(outcome.destinations == ["in_order": 3, "in_bill": 1, "in_other": 1])
    }
  }

  @Test func anEventWithoutRouteStopsOrIsCounted() async throws {
    try await MovingFixture.with { fixture in
      try await insert(fixture)
      var routing = EventRouting(rest: .stop)
      routing.routes = [.init(EventPattern(.extra1, "public.*"), to: "tables")]
      let error = await #expect(throws: TransferError.self) {
        try await fixture.mover(routing, create: true).drain()
      }
      #expect(error?.queue == "orders")
      #expect(error?.ticks != nil)
      #expect(error?.event == 5)
      #expect(error?.remedy.contains("--rest") == true)
      #expect(try await fixture.target.value("select count(*)::text from pgq.queue") == "0")
      routing.rest = .drop
      let outcome = try await fixture.mover(routing, create: true).drain()
      #expect(outcome.leftOut == 1)
      #expect(outcome.destinations == ["tables": 4])
    }
  }

  @Test func theProgramReadsRoutesFromFlagsAndSaysWhatItDid() async throws {
    try await MovingFixture.with { fixture in
      try await insert(fixture)
      let stopped = try await fixture.command("split", "--route", "public.*=tables", "--create", "--once").run()
      #expect(stopped.status == 65)
      #expect(stopped.standardError.contains("event 5"))
      let result = try await fixture.command(
        "split", "--route", "type:bill*=bills", "--route", "public.a=a", "--by", "table", "--queue-name", "t_{}",
        "--rest", "drop", "--create", "--once"
      ).run()
      #expect(result.status == 0, "\(result.standardError)")
      #expect(result.standardOutput == "5 events\n  1 into a\n  1 into bills\n  2 into t_public.b\n  1 left out\n")
    }
  }

  @Test func settingsComeFromAFileAndTheEnvironment() async throws {
    try await MovingFixture.with { fixture in
      try await insert(fixture)
      let file = "\(fixture.source.cluster.path)/\(fixture.source.name).json"
      defer { try? FileManager.default.removeItem(atPath: file) }
      let settings: [String: Any] = [
        "db": fixture.source.connectionString, "consumer": "mover", "routes": ["public.a=a", "type:order.*=b"],
        "where": ["type=*"], "rest": "stop",
      ]
      try JSONSerialization.data(withJSONObject: settings).write(to: URL(filePath: file))
      let result = try await TrunklineProgram.command(
        ["queue", "split", "orders", "--config", file, "--create", "--once", "--rest", "drop"],
        environment: ["TRUNKLINE_TARGET": fixture.target.connectionString]
      ).run()
      #expect(result.standardOutput == "5 events\n  2 into a\n  2 into b\n  1 left out\n", "\(result.standardError)")
    }
  }
}
