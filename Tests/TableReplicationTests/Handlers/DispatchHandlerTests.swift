import EventFormats
import Testing

@testable import TableReplication

/// Every argument of `dispatch`.
@Suite struct DispatchHandlerTests {
  private let insert = HandledEvent.row("I:id", "id=1&v=a&day=2022-12-31")
  private let update = HandledEvent.row("U:id", "id=1&v=b&day=2022-12-31")
  private let delete = HandledEvent.row("D:id", "id=1&v=b&day=2022-12-31")

  private func actions(_ arguments: String, _ event: HandledEvent, isPartitioned: Bool = false) throws -> [String] {
    try HandlerFixture.actions(HandlerFixture.dispatch(arguments, isPartitioned: isPartitioned), event)
  }

  @Test func tableModes() throws {
    #expect(try actions("", insert) == ["I public.t_2024_02_03 id=1&v=a&day=2022-12-31"])
    #expect(try actions("table_mode=direct", update) == ["U public.t id=1&v=b&day=2022-12-31"])
    #expect(try actions("table_mode=ignore", insert) == [])
    #expect(try HandlerFixture.make("dispatch(table_mode=ignore)").need == .nothing)
    #expect(throws: HandlerError.self) { try HandlerFixture.make("dispatch(table_mode=other)") }
  }

  @Test func whatTellsThePartition() throws {
    let row = " id=1&v=a&day=2022-12-31"
    #expect(try actions("part_mode=batch_time", insert) == ["I public.t_2024_02_03" + row])
    #expect(try actions("part_mode=event_time", insert) == ["I public.t_2023_01_02" + row])
    #expect(try actions("part_mode=current_time", insert) == ["I public.t_2025_06_07" + row])
    #expect(try actions("part_mode=date_field&part_field=day", insert) == ["I public.t_2022_12_31" + row])
    #expect(throws: HandlerError.self) { try HandlerFixture.make("dispatch(part_mode=date_field)") }
    #expect(throws: UnreadableEvent.self) {
      try actions("part_mode=date_field&part_field=day", .row("I:id", "id=1&day"))
    }
    #expect(throws: UnreadableEvent.self) {
      try actions("part_mode=date_field&part_field=day", .row("I:id", "id=1&day=soon"))
    }
  }

  @Test(arguments: [
    ("hour", "t_2023_01_02_03"), ("day", "t_2023_01_02"), ("month", "t_2023_01"), ("year", "t_2023"),
  ]) func periods(_ period: String, _ name: String) throws {
    #expect(
      try actions("part_mode=event_time&period=\(period)", insert) == ["I public.\(name) id=1&v=a&day=2022-12-31"])
  }

  @Test func partitionsAreNamedByATemplate() throws {
    #expect(
      try actions(
        "part_mode=event_time&part_name=old.%25%28parent%29s_%25%28year%29sx%25%28month%29s%25%28day%29s", insert)
        == ["I old.t_2023x0102 id=1&v=a&day=2022-12-31"])
    #expect(throws: HandlerError.self) { try HandlerFixture.make("dispatch(part_name=%25%28parent%29s)") }
    #expect(throws: HandlerError.self) { try HandlerFixture.make("dispatch(part_name=%25%28week%29s)") }
  }

  @Test func howPartitionsAreMadeIsKept() throws {
    let handler = try HandlerFixture.make(
      "dispatch(part_func=app.make&pre_part=select+1&post_part=select+2&retention_period=3+days&period=month)")
    let plan = try #require(handler.partitions)
    #expect(plan.function?.quoted == "app.make" && plan.before == "select 1" && plan.after == "select 2")
    #expect(plan.retention == "3 days" && plan.scheme.period == .month)
    #expect(try HandlerFixture.make("dispatch(table_mode=direct)").partitions == nil)
    #expect(throws: HandlerError.self) { try HandlerFixture.make("dispatch(ignore_old_events=1)") }
  }

  @Test func templatesOfPartitionsHaveVariables() throws {
    let handler = try HandlerFixture.make("dispatch(part_mode=date_field&part_field=day&part_template=x)")
    let plan = try #require(handler.partitions)
    let text = try plan.text(
      "%(dest)s|%(part)s|%(parent)s|%(schema_table)s|%(pkeys)s|%(part_field)s|%(part_time)s|%(period)s|5%%",
      part: QualifiedName(unquoted: "s.t_1"), of: QualifiedName(unquoted: "s.T"), keys: ["id", "B"], start: "2020-01-01"
    )
    #expect(text == "s.t_1|s.t_1|s.\"T\"|s__t_1|id,\"B\"|day|2020-01-01|day|5%")
    #expect(throws: ApplyError.self) {
      try plan.text(
        "%(what)s", part: QualifiedName(unquoted: "a"), of: QualifiedName(unquoted: "b"), keys: [], start: "")
    }
  }

  @Test func rowModes() throws {
    let row = "id=1&v=b&day=2022-12-31"
    #expect(try actions("part_mode=event_time&row_mode=keep_latest", update) == ["U public.t_2023_01_02 \(row)"])
    #expect(
      try actions("part_mode=event_time&row_mode=keep_latest", insert)
        == ["U public.t_2023_01_02 id=1&v=a&day=2022-12-31"])
    #expect(try actions("part_mode=event_time&row_mode=keep_latest", delete) == ["D public.t_2023_01_02 \(row)"])
    #expect(try actions("part_mode=event_time&row_mode=keep_all", update) == ["I public.t_2023_01_02 \(row)"])
    #expect(try actions("part_mode=event_time&row_mode=keep_all", delete) == [])
    let error = #expect(throws: ApplyError.self) { try actions("part_mode=event_time", update) }
    #expect(error?.remedy.contains("row_mode=keep_latest") == true)
  }

  @Test func aChangedFieldTakesTheRowToAnotherPartition() throws {
    let fields = "part_mode=date_field&part_field=day"
    let moved = HandledEvent.row("U:id", "id=1&v=b&day=2022-12-31", extra2: "id=1&v=a&day=2022-12-30")
    #expect(
      try actions(fields, moved)
        == [
          "D public.t_2022_12_30 id=1&v=a&day=2022-12-30", "I public.t_2022_12_31 id=1&v=b&day=2022-12-31",
        ].map { $0.replacingFirst("I ", with: "U ") })
    let error = #expect(throws: ApplyError.self) { try actions(fields, update) }
    #expect(error?.reason.contains("would leave the old row in another partition") == true)
    #expect(
      try actions(fields + "&fixed_part_field=1", update) == ["U public.t_2022_12_31 id=1&v=b&day=2022-12-31"])
    #expect(try actions(fields, delete) == ["D public.t_2022_12_31 id=1&v=b&day=2022-12-31"])
  }

  @Test func aPartitionedTableFindsItsRowsItself() throws {
    let fields = "part_mode=date_field&part_field=day"
    #expect(try actions(fields, insert, isPartitioned: true) == ["I public.t id=1&v=a&day=2022-12-31"])
    #expect(try actions(fields, update, isPartitioned: true) == ["U public.t id=1&v=b&day=2022-12-31"])
  }

  @Test func eventTypes() throws {
    let arguments = "table_mode=direct&event_types=I,D"
    #expect(try actions(arguments, insert).count == 1)
    #expect(try actions(arguments, update) == [])
    #expect(try actions(arguments, delete).count == 1)
    #expect(throws: HandlerError.self) { try HandlerFixture.make("dispatch(event_types=I%2CX)") }
  }

  @Test func waysOfLoading() throws {
    for arguments in ["load_mode=direct", "load_mode=bulk&method=0", "method=1", "method=2&analyze=1"] {
      #expect(try actions("table_mode=direct&\(arguments)", update) == ["U public.t id=1&v=b&day=2022-12-31"])
    }
    #expect(try actions("table_mode=direct&method=3", insert).count == 1)
    let error = #expect(throws: ApplyError.self) { try actions("table_mode=direct&method=3", update) }
    #expect(error?.event == 42)
    #expect(throws: HandlerError.self) { try HandlerFixture.make("dispatch(load_mode=copy)") }
    #expect(throws: HandlerError.self) { try HandlerFixture.make("dispatch(method=4)") }
  }

  @Test func fields() throws {
    #expect(try actions("table_mode=direct&fields=*", insert) == ["I public.t id=1&v=a&day=2022-12-31"])
    #expect(
      try actions("table_mode=direct&fields=id:key,v,missing:m", update) == ["U public.t key=1&v=b&m"])
    #expect(try actions("table_mode=direct&skip_fields=v,day", insert) == ["I public.t id=1"])
    #expect(throws: ApplyError.self) { try actions("table_mode=direct&fields=v", update) }
    #expect(throws: HandlerError.self) { try HandlerFixture.make("dispatch(fields=a%2Cb%3Aa)") }
    #expect(throws: HandlerError.self) { try HandlerFixture.make("dispatch(fields=a%3Ab%3Ac)") }
    let copy = try HandlerFixture.make("dispatch(table_mode=direct&skip_fields=v)").copy
    #expect(copy.selection(of: ["id", "v"]).map(\.column) == ["id"])
  }

  @Test func anotherTable() throws {
    #expect(try HandlerFixture.make("dispatch(table=app.log)").destination.quoted == "app.log")
    #expect(try actions("table_mode=direct&table=app.log", insert) == ["I app.log id=1&v=a&day=2022-12-31"])
  }

  @Test func oldEventsAreLeftOut() throws {
    let handler = try HandlerFixture.dispatch(
      "part_mode=date_field&part_field=day&retention_period=1+month&ignore_old_events=1")
    var dispatch = try #require(handler as? DispatchHandler)
    dispatch.oldest = CalendarHour(year: 2023, month: 1, day: 1)
    #expect(try HandlerFixture.actions(dispatch, insert) == [])
    dispatch.oldest = CalendarHour(year: 2022, month: 12, day: 31, hour: 23)
    #expect(try HandlerFixture.actions(dispatch, insert).count == 1)
  }

  @Test func truncateAndEncoding() throws {
    #expect(try actions("", .row("R", "")) == ["R public.t"])
    #expect(try actions("ignore_truncate=1", .row("R", "")) == [])
    #expect(try HandlerFixture.make("dispatch(encoding=utf8)").copy.repairsEncoding)
  }

  @Test func shardsOfPartitions() throws {
    var handler = try #require(
      try HandlerFixture.dispatch("table_mode=direct&hash_key=id&hashfunc=h") as? DispatchHandler)
    handler.shard?.part = try ShardPart(number: 1, mask: 1)
    #expect(handler.triggerArguments == ["ev_extra3='hash='||h(id)"])
    #expect(handler.copy.condition == "(h(id) & 1) = 1")
    #expect(try HandlerFixture.actions(handler, .row("I:id", "id=1", extra3: "hash=3")).count == 1)
    #expect(try HandlerFixture.actions(handler, .row("I:id", "id=1", extra3: "hash=2")) == [])
  }

  @Test func presets() throws {
    #expect(DispatchPreset.all.count == 34)
    for preset in DispatchPreset.all {
      let handler = try HandlerFixture.dispatch(
        preset.partMode == .dateField ? "part_field=day" : "", name: preset.name)
      #expect(try HandlerFixture.actions(handler, insert).count == 1)
    }
    func place(_ name: String) throws -> String {
      try HandlerFixture.actions(
        HandlerFixture.dispatch(name.hasSuffix("field") ? "part_field=day" : "", name: name), insert)[0]
    }
    #expect(try place("hourly_event").hasPrefix("U public.t_2023_01_02_03 "))
    #expect(try place("bulk_monthly_batch").hasPrefix("U public.t_2024_02 "))
    #expect(try place("yearly_field").hasPrefix("U public.t_2022 "))
    #expect(try place("bulk_daily_time").hasPrefix("U public.t_2025_06_07 "))
    #expect(try place("direct").hasPrefix("I public.t "))
    #expect(
      try HandlerFixture.actions(HandlerFixture.dispatch("row_mode=keep_all", name: "daily_event"), insert)[0]
        .hasPrefix("I public.t_2023_01_02 "))
  }
}

extension String {
  fileprivate func replacingFirst(_ prefix: String, with other: String) -> String {
    hasPrefix(prefix) ? other + dropFirst(prefix.count) : self
  }
}
