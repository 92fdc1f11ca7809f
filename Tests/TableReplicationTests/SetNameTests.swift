import TableReplication
import Testing

/// Names on the command line, and attributes as they are stored.
@Suite struct SetNameTests {
  @Test(arguments: [
    ("orders", "public.orders", true), ("orders", "shop.orders", false), ("*", "public.a", true),
    ("*", "shop.a", false), ("*.*", "shop.a", true), ("shop.o?x*", "shop.orders", false),
    ("shop.o?d*", "shop.old", true),
    ("a*b*c", "public.aXbYbZc", true), ("a*b*c", "public.aXbYbZ", false), ("shop.??", "shop.ab", true),
    ("shop.ä?", "shop.äö", true), ("*.", "shop.", true), ("public.a", "public.ab", false),
  ]) func fits(_ pattern: String, _ name: String, _ fits: Bool) {
    #expect(SetNames.resolve([pattern], among: [name]).names.contains(name) == fits)
  }

  @Test func everyNameOnceInTheOrderOfThePatterns() {
    let candidates = ["public.a", "public.b", "shop.c"]
    let (names, unknown) = SetNames.resolve(["shop.*", "b", "*", "x", "n?ne"], among: candidates)
    #expect(names == ["shop.c", "public.b", "public.a"])
    #expect(unknown == ["public.x", "public.n?ne"])
    let forced = SetNames.resolve(["x", "y*"], among: candidates, acceptsUnknown: true)
    #expect(forced.names == ["public.x"] && forced.unknown == ["public.y*"])
  }

  @Test func attributesAreReadAsTheyAreWritten() throws {
    var attributes = RegisteredAttributes()
    #expect(attributes.text == nil)
    attributes.handler = RegisteredAttributes.handler("shard", [("key", "a&b=c"), ("x", "")])
    attributes.copyNode = "node 1"
    attributes.skipsTruncate = true
    attributes.maxParallelCopy = 3
    attributes.condition = "a > 5 and b = 'x&y'"
    attributes.others = ["own": "1"]
    #expect(try RegisteredAttributes(parsing: attributes.text) == attributes)
    #expect(attributes.handlerName == "shard")
    let original = try RegisteredAttributes(parsing: "handler=bulk%28method%3d2%29&skip_truncate=1&max_parallel_copy=4")
    #expect(original.handler == "bulk(method=2)" && original.skipsTruncate && original.maxParallelCopy == 4)
    #expect(try RegisteredAttributes(parsing: nil) == RegisteredAttributes())
  }
}
