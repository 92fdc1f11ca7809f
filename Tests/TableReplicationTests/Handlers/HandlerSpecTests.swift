import EventFormats
import Testing

@testable import TableReplication

/// Handlers are named with their arguments in a table's attributes.
@Suite struct HandlerSpecTests {
  @Test func namesAndArgumentsAreRead() throws {
    #expect(try HandlerSpec(parsing: "londiste") == HandlerSpec("londiste"))
    let spec = try HandlerSpec(parsing: " dispatch(fields=a%2Cb%3Ac&table_mode=part) ")
    #expect(spec == HandlerSpec("dispatch", [ColumnValue("fields", "a,b:c"), ColumnValue("table_mode", "part")]))
    #expect(try HandlerSpec(parsing: spec.description) == spec)
    #expect(try HandlerSpec(name: "shard", arguments: ["key=a=b"]).description == "shard(key=a%3db)")
    #expect(try HandlerSpec(parsing: "noop()") == HandlerSpec("noop"))
  }

  @Test(arguments: ["", "a)", "(x)", "a(b", "a(b=%zz)"]) func whatIsNoHandlerIsRefused(_ text: String) {
    #expect(throws: HandlerError.self) { try HandlerSpec(parsing: text) }
  }

  @Test func unknownNamesAreToldWithTheKnownOnes() {
    let handler = #expect(throws: HandlerError.self) { try HandlerFixture.make("bulky") }
    #expect(handler?.description.contains("table public.t: there is no handler 'bulky'") == true)
    for name in ["londiste", "noop", "vtable", "qtable", "qsplitter", "applyfn", "multimaster", "shard", "bulk"] {
      #expect(handler?.remedy.contains(name) == true)
    }
    let argument = #expect(throws: HandlerError.self) { try HandlerFixture.make("shard(kye=id)") }
    #expect(argument?.problem == "handler shard has no argument 'kye'")
    #expect(argument?.remedy.contains("hash_key, key, disable_replay, ignore_truncate, encoding, hashfunc") == true)
    #expect(throws: HandlerError.self) { try HandlerFixture.make("noop(a=1)") }
    #expect(throws: HandlerError.self) { try HandlerFixture.make("bulk(method=0&method=1)") }
  }

  @Test func attributesOfATableAreReadAndWritten() throws {
    let text = "skip_truncate=1&handler=shard(key%3Did)&copy_node=n2&conflict=newest(at)&conflict_rows=1"
    let attributes = try RegisteredAttributes(parsing: text)
    #expect(try attributes.handlerSpec == HandlerSpec("shard", [ColumnValue("key", "id")]))
    #expect(try attributes.conflict == ConflictPolicy(.newest(column: "at")))
    #expect(attributes.keepsConflictRows && attributes.skipsTruncate && attributes.copyNode == "n2")
    #expect(try RegisteredAttributes(parsing: attributes.text) == attributes)
    let none = try RegisteredAttributes(parsing: nil)
    #expect(try none.handlerSpec == nil && none.conflict == nil && !none.keepsConflictRows)
    #expect(throws: HandlerError.self) { try RegisteredAttributes(parsing: "conflict=latest").conflict }
    var changed = attributes
    changed.setConflict(nil, keepsRows: false)
    #expect(changed.text?.contains("conflict") == false)
  }

  @Test func argumentsOfACommandAreCheckedBeforeTheyAreStored() throws {
    let registry = HandlerRegistry.standard
    try registry.check(HandlerSpec(name: "obfuscate", arguments: ["map=/on/the/worker"]))
    try registry.check(HandlerSpec(name: "daily_field", arguments: ["part_field=day"]))
    #expect(throws: HandlerError.self) { try registry.check(HandlerSpec(name: "daily_field", arguments: [])) }
    #expect(throws: HandlerError.self) { try registry.check(HandlerSpec("obfuscate", [ColumnValue("maps", "x")])) }
    #expect(registry.triggerArguments("shard(key=id)") == ["ev_extra3='hash='||partconf.get_hash_raw(id)"])
    #expect(registry.triggerArguments("nonsense(").isEmpty)
  }

  @Test func everyHandlerAndArgumentIsExplained() {
    let entries = HandlerRegistry.standard.entries
    #expect(entries.count == 11 + 34)
    #expect(Set(entries.flatMap(\.description.names)).count == entries.flatMap(\.description.names).count)
    for entry in entries {
      #expect(!entry.description.summary.isEmpty)
      for argument in entry.description.arguments { #expect(!argument.text.isEmpty && !argument.names.isEmpty) }
    }
  }

  @Test func aHandlerOfYourOwnTakesTheNameOfAnother() throws {
    struct Mine: TableHandler {
      static let description = HandlerDescription(["noop"], "Mine.")
      let destination: QualifiedName
      init(_ context: HandlerContext, _ arguments: HandlerArguments) { destination = context.destination }
      func handle(_ event: HandledEvent) throws -> [HandlerAction] { [.truncate(destination)] }
    }
    var registry = HandlerRegistry.standard
    registry.add(Mine.self)
    let name = try QualifiedName(unquoted: "public.t")
    #expect(try registry.make(HandlerSpec("noop"), HandlerContext(table: name)) is Mine)
  }
}

/// What happens in conflicts is said in words.
@Suite struct ConflictPolicyTests {
  @Test(arguments: [
    ("error", "error"), ("warn", "warn"), ("keep", "warn"), ("overwrite", "overwrite"), ("newest:at", "newest:at"),
    ("newest(Last change)", "newest:Last change"), ("function:app.merge", "function:app.merge"),
    ("function(\"Odd\".f)", "function:\"Odd\".f"),
  ]) func policiesAreRead(_ text: String, _ canonical: String) throws {
    let policy = try ConflictPolicy(parsing: text)
    #expect(policy.description == canonical)
    #expect(try ConflictPolicy(parsing: canonical) == policy)
  }

  @Test(arguments: ["", "Error", "newest", "newest:", "newest()", "function:a.b.c", "function:"])
  func whatIsNoPolicyIsRefusedWithTheKnownOnes(_ text: String) {
    let error = #expect(throws: HandlerError.self) { try ConflictPolicy(parsing: text) }
    #expect(error?.remedy.contains("error, warn, overwrite, newest:COLUMN, function:SCHEMA.NAME") == true)
  }

  @Test func policiesAreForAllTablesOrOne() throws {
    var policies = ConflictPolicies()
    #expect(policies.isEmpty)
    try policies.add("warn")
    try policies.add("t=newest:at")
    try policies.add("shop.\"T\"=error")
    #expect(policies[try QualifiedName(unquoted: "public.t")] == ConflictPolicy(.newest(column: "at")))
    #expect(policies[try QualifiedName(unquoted: "shop.T")] == ConflictPolicy(.error))
    #expect(policies[try QualifiedName(unquoted: "public.other")] == ConflictPolicy(.keep))
    #expect(throws: HandlerError.self) { try policies.add("a.b.c=warn") }
  }
}
