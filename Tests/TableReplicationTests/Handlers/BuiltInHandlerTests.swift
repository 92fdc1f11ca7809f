import EventFormats
import Testing

@testable import TableReplication

/// What the simpler handlers make of events.
@Suite struct BuiltInHandlerTests {
  private let insert = HandledEvent.row("I:id", "id=1&v=a")
  private let truncate = HandledEvent.row("R", "")

  @Test func theDefaultWritesEveryFormat() throws {
    let handler = try HandlerFixture.make("londiste")
    #expect(handler.isPassThrough && handler.need == .rows && handler.copy.isWanted)
    #expect(try HandlerFixture.actions(handler, insert) == ["I public.t id=1&v=a"])
    #expect(
      try HandlerFixture.actions(handler, .captured("UPDATE", "{\"id\":2,\"v\":null}", oldKey: "{\"id\":1}"))
        == ["U public.t id=2&v was id=1"])
    #expect(try HandlerFixture.actions(handler, .row("D", "id='3'")) == ["D public.t id=3"])
    #expect(try HandlerFixture.actions(handler, .row("U", "v='x' where id='3'")) == ["U public.t v=x&id=3"])
    #expect(try HandlerFixture.actions(handler, truncate) == ["R public.t"])
    #expect(throws: UnreadableEvent.self) { try HandlerFixture.actions(handler, .row("mail", "x")) }
    #expect(throws: UnreadableEvent.self) { try HandlerFixture.actions(handler, .row("I:id", "id=%z")) }
  }

  @Test func truncateIsIgnoredWhereThatIsSaid() throws {
    for name in ["londiste", "default"] {
      let handler = try HandlerFixture.make("\(name)(ignore_truncate=1)")
      #expect(!handler.isPassThrough)
      #expect(try HandlerFixture.actions(handler, truncate) == [])
      #expect(try HandlerFixture.actions(handler, insert) == ["I public.t id=1&v=a"])
    }
    #expect(try HandlerFixture.make("londiste(ignore_truncate=0)").isPassThrough)
    #expect(throws: HandlerError.self) { try HandlerFixture.make("londiste(ignore_truncate=yes)") }
  }

  @Test func textThatIsNoUTF8IsRepaired() throws {
    let handler = try HandlerFixture.make("londiste(encoding=utf8)")
    #expect(!handler.isPassThrough && handler.copy.repairsEncoding)
    var event = HandledEvent.row("I:id", "id=1&v=caf%e9+%ed%a0%80")
    #expect(throws: UnreadableEvent.self) { try HandlerFixture.actions(handler, event) }
    event.isRepaired = true
    let write = try HandlerFixture.actions(handler, event)
    #expect(
      write == [
        "I public.t " + URLEncodedRow.encode([.init("id", "1"), .init("v", "caf\u{fffd} \u{fffd}\u{fffd}\u{fffd}")])
      ])
    event = .row("I:id", "id=1&v=a%00b")
    #expect(
      try HandlerFixture.actions(handler, event)
        == ["I public.t " + URLEncodedRow.encode([.init("id", "1"), .init("v", "a\u{fffd}b")])])
    #expect(throws: HandlerError.self) { try HandlerFixture.make("londiste(encoding=latin1)") }
  }

  @Test(arguments: ["noop", "nop", "vtable", "fake_local", "qtable"])
  func eventsAreIgnoredAndPassedOn(_ name: String) throws {
    var handler = try HandlerFixture.make(name)
    #expect(try HandlerFixture.actions(handler, insert) == [])
    #expect(try handler.passedOn(insert) == insert)
    #expect(!handler.isPassThrough)
  }

  @Test func whatANodeNeedsDependsOnTheHandler() throws {
    #expect(try HandlerFixture.make("noop").need == .table)
    #expect(try HandlerFixture.make("noop").copy.isWanted)
    let virtual = try HandlerFixture.make("vtable")
    #expect(virtual.need == .nothing && !virtual.copy.isWanted && virtual.triggerArguments == ["virtual_table"])
    let queue = try HandlerFixture.make("qtable")
    #expect(queue.triggerArguments == ["tgflags=BI", "SKIP", "expect_sync"] && !queue.copy.isWanted)
  }

  @Test func theSplitterSendsEventsAsTheyAre() throws {
    let handler = try HandlerFixture.make("qsplitter(queue=other)")
    #expect(try HandlerFixture.actions(handler, insert) == ["send other I:id id=1&v=a"])
    #expect(try HandlerFixture.actions(handler, .row("anything", "x")) == ["send other anything x"])
    #expect(handler.need == .nothing && !handler.copy.isWanted && handler.triggerArguments == ["virtual_table"])
    let error = #expect(throws: HandlerError.self) { try HandlerFixture.make("qsplitter") }
    #expect(error?.problem == "handler qsplitter needs the argument queue")
  }

  @Test func aFunctionIsCalledForEveryEvent() throws {
    let handler = try HandlerFixture.make("applyfn(func_name=app.f&func_conf=a%3Db)")
    #expect(try HandlerFixture.actions(handler, insert) == ["call app.f a=b 42"])
    #expect(try HandlerFixture.actions(handler, truncate) == ["call app.f a=b 42"])
    #expect(throws: HandlerError.self) { try HandlerFixture.make("applyfn(func_conf=x)") }
    #expect(throws: HandlerError.self) { try HandlerFixture.make("applyfn(func_name=a.b.c)") }
  }

  @Test func bulkIsWhatEveryTableHas() throws {
    for method in ["", "method=0", "method=1", "method=2"] {
      let handler = try HandlerFixture.make("bulk(\(method))")
      #expect(handler.isPassThrough)
      #expect(try HandlerFixture.actions(handler, insert) == ["I public.t id=1&v=a"])
    }
    #expect(throws: HandlerError.self) { try HandlerFixture.make("bulk(method=3)") }
  }

  @Test func multimasterIsAConflictPolicy() throws {
    let handler = try HandlerFixture.make(
      "multimaster(timefield=at&altpk=a%2C+b&fkey_cols=p&fkey_ref_table=app.parent&fkey_ref_cols=id)")
    #expect(handler.isPassThrough && handler.triggerArguments == ["no_merge"])
    #expect(handler.conflict?.choice == .newest(column: "at"))
    #expect(handler.conflict?.alternateKey == ["a", "b"])
    #expect(
      handler.conflict?.parent
        == ConflictPolicy.Parent(columns: ["p"], table: try QualifiedName(unquoted: "app.parent"), referenced: ["id"]))
    #expect(throws: HandlerError.self) { try HandlerFixture.make("multimaster") }
    #expect(throws: HandlerError.self) { try HandlerFixture.make("multimaster(timefield=at&fkey_cols=p)") }
    #expect(throws: HandlerError.self) {
      try HandlerFixture.make("multimaster(timefield=at&fkey_cols=p,q&fkey_ref_table=r&fkey_ref_cols=id)")
    }
  }
}
