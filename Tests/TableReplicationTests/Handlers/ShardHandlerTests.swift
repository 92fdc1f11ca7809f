import EventFormats
import Testing

@testable import TableReplication

/// A node with a shard has its rows only.
@Suite struct ShardHandlerTests {
  private func shard(_ arguments: String = "hash_key=id", _ settings: HandlerSettings = .init()) throws -> ShardHandler
  {
    var handler = try #require(
      try HandlerFixture.make("shard(\(arguments))", settings: settings) as? ShardHandler)
    handler.filter.part = try ShardPart(number: 1, mask: 3)
    return handler
  }

  @Test func partsArePowersOfTwo() throws {
    #expect(try ShardPart(number: 1, mask: 3, count: 4).has(-3))
    #expect(try !ShardPart(number: 1, mask: 3).has(2))
    for (number, mask, count) in [(0, 2, nil), (4, 3, nil), (-1, 3, nil), (0, 3, 3)] as [(Int64, Int64, Int64?)] {
      #expect(throws: ApplyError.self) { try ShardPart(number: number, mask: mask, count: count) }
    }
  }

  @Test func theRootsTriggerTellsTheHash() throws {
    #expect(try shard().triggerArguments == ["ev_extra3='hash='||partconf.get_hash_raw(id)"])
    #expect(
      try HandlerFixture.make("part(key=Odd)").triggerArguments == ["ev_extra3='hash='||partconf.get_hash_raw(\"Odd\")"]
    )
    #expect(try shard("key=id&hashfunc=hashtext").triggerArguments == ["ev_extra3='hash='||hashtext(id)"])
    #expect(try shard("hashexpr=a%2Bb").triggerArguments == ["ev_extra3='hash='||(a+b)"])
    var settings = HandlerSettings()
    settings.shardHashFunction = "app.h"
    #expect(try shard("key=id", settings).triggerArguments == ["ev_extra3='hash='||app.h(id)"])
    #expect(throws: HandlerError.self) { try shard("ignore_truncate=1") }
    #expect(throws: HandlerError.self) { try shard("hashexpr=a&hashfunc=b") }
  }

  @Test func copyAndEventsHaveTheSameRows() throws {
    let handler = try shard()
    #expect(handler.copy.condition == "(partconf.get_hash_raw(id) & 3) = 1")
    let inside = HandledEvent.row("I:id", "id=1", extra3: "hash=-3")
    let outside = HandledEvent.row("I:id", "id=1", extra3: "hash=2")
    #expect(try HandlerFixture.actions(handler, inside) == ["I public.t id=1"])
    #expect(try HandlerFixture.actions(handler, outside) == [])
    #expect(try handler.passedOn(inside) == inside)
    #expect(try handler.passedOn(outside) == nil)
    #expect(throws: UnreadableEvent.self) { try HandlerFixture.actions(handler, .row("I:id", "id=1")) }
  }

  @Test func truncateGoesToEveryShard() throws {
    let handler = try shard()
    #expect(try HandlerFixture.actions(handler, .row("R", "")) == ["R public.t"])
    #expect(try handler.passedOn(.row("R", "")) != nil)
    #expect(try HandlerFixture.actions(shard("key=id&ignore_truncate=1"), .row("R", "")) == [])
  }

  @Test func rowsThatLeaveTheShardAreRemovedAndThoseThatComeAreNew() throws {
    var handler = try shard()
    let event = HandledEvent.captured(
      "UPDATE", "{\"id\":2,\"v\":\"x\"}", before: "{\"id\":1,\"v\":\"y\"}", oldKey: "{\"id\":1}")
    handler.filter.hashes = [42: 2]
    handler.filter.formerHashes = [42: 1]
    #expect(try HandlerFixture.actions(handler, event) == ["D public.t id=1&v=y"])
    handler.filter.hashes = [42: 1]
    handler.filter.formerHashes = [42: 2]
    #expect(try HandlerFixture.actions(handler, event) == ["U public.t id=2&v=x"])
    handler.filter.formerHashes = [42: 5]
    #expect(try HandlerFixture.actions(handler, event) == ["U public.t id=2&v=x was id=1"])
    handler.filter.hashes = [42: 3]
    handler.filter.formerHashes = [42: 2]
    #expect(try HandlerFixture.actions(handler, event) == [])
  }

  @Test func theQueueAloneCanBeFiltered() throws {
    let handler = try shard("key=id&disable_replay=1")
    #expect(handler.need == .nothing && !handler.copy.isWanted)
    let inside = HandledEvent.row("I:id", "id=1", extra3: "hash=1")
    #expect(try HandlerFixture.actions(handler, inside) == [])
    #expect(try handler.passedOn(inside) == inside)
  }

  @Test func textIsRepairedInShardsToo() throws {
    #expect(try shard("key=id&encoding=utf8").copy.repairsEncoding)
  }
}
