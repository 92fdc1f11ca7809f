import EventFormats
import Testing

@testable import TableReplication

/// What identifies people does not leave.
@Suite struct ObfuscateHandlerTests {
  static let map = """
    # who may see what
    public.t:
      id: keep
      email: hash       # who it is
      phone: hash64
      zip: hash32
      note: skip
      paid: "bool"
      profile:
        age: keep
        mail: hash
        tags: hash32
        deep:
          x: keep
    """

  private func handler(_ spec: String = "obfuscate(map=m&keyfile=k)", map: String = map, key: String = "a secret key\n")
    throws -> any TableHandler
  {
    var settings = HandlerSettings()
    settings.readFile = { $0 == "m" ? map : key }
    return try HandlerFixture.make(spec, settings: settings)
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  /// RFC 7693 appendix B, the keyed vectors of the reference implementation, and what Python's hashlib says.
  @Test func theHashIsBLAKE2s() {
    let key = Array(0..<32 as Range<UInt8>)
    #expect(
      Self.hex(BLAKE2s(size: 32, key: []).hash("abc".utf8))
        == "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982")
    #expect(
      Self.hex(BLAKE2s(size: 32, key: key).hash([]))
        == "48a8997da407876b3d79c0d92325ad3b89cbb754d86ab71aee047ad345fd2c49")
    #expect(
      Self.hex(BLAKE2s(size: 32, key: key).hash(0..<64 as Range<UInt8>))
        == "8975b0577fd35566d750b362b0897a26c399136df07bababbde6203ff2954ed4")
    #expect(
      Self.hex(BLAKE2s(size: 32, key: key).hash(0..<65 as Range<UInt8>))
        == "21fe0ceb0052be7fb0f004187cacd7de67fa6eb0938d927677f2398c132317a8")
    #expect(Self.hex(BLAKE2s(size: 4, key: Array("a secret key".utf8)).hash("ann@example.com".utf8)) == "69e0e2d0")
  }

  @Test func everyRule() throws {
    let obfuscation = Obfuscation(key: "a secret key")
    let text = "ann@example.com"
    #expect(try obfuscation.value(text, .keep) == text)
    #expect(try obfuscation.value(text, .skip) == nil)
    #expect(try obfuscation.value(text, .hash32) == "1776345808")
    #expect(try obfuscation.value(text, .hash64) == "-462782041352163409")
    #expect(try obfuscation.value(text, .hash) == "3e7267c7-edb5-0dc1-0216-8a26c63346dc")
    #expect(try obfuscation.value(text, .bool) == "t")
    #expect(try obfuscation.value("", .bool) == "f")
    for rule in ObfuscationRule.words.values { #expect(try obfuscation.value(nil, rule) == nil) }
    #expect(try Obfuscation(key: "another key").value(text, .hash) != obfuscation.value(text, .hash))
  }

  @Test func changesAreObfuscatedInTableAndQueue() throws {
    var handler = try handler()
    let row = "id=1&email=ann%40example.com&phone&zip=ann%40example.com&note=x&paid=&unknown=y"
    let expected =
      "id=1&email=3e7267c7-edb5-0dc1-0216-8a26c63346dc&phone&zip=1776345808&paid=f"
    #expect(try HandlerFixture.actions(handler, .row("I:id", row)) == ["I public.t \(expected)"])
    let passed = try handler.passedOn(.row("U:id", row, extra2: "id=1&note=x&unknown=y"))
    #expect(passed?.data == expected && passed?.extra2 == "id=1")
    let captured = try handler.passedOn(
      .captured("UPDATE", "{\"id\":1,\"note\":\"x\"}", before: "{\"id\":2,\"note\":\"x\"}", oldKey: "{\"id\":2}"))
    #expect(captured?.data == "{\"id\":\"1\"}" && captured?.extra2 == "{\"id\":\"2\"}")
    #expect(captured?.extra3 == "{\"id\":\"2\"}")
    let sparse = try handler.passedOn(.row("U", "note='x',paid='y' where id='1'"))
    #expect(sparse?.data == "paid='t' where id='1'")
    #expect(try handler.passedOn(.row("R", "")) == .row("R", ""))
    #expect(try HandlerFixture.actions(handler, .row("R", "")) == ["R public.t"])
    let silent = try self.handler("obfuscate(map=m&keyfile=k&ignore_truncate=1)")
    #expect(try HandlerFixture.actions(silent, .row("R", "")) == [])
  }

  @Test func membersOfJSONHaveRules() throws {
    let profile = """
      {"age": 30, "mail": "ann@example.com", "secret": 1, "tags": ["ann@example.com", null], "deep": {"x": 1, "y": 2}}
      """
    var handler = try handler()
    let event = HandledEvent.captured(
      "INSERT", JSONValue.object([.init("id", .number("1")), .init("profile", .string(profile))]).text)
    guard case .write(let write)? = try handler.handle(event).first else {
      Issue.record("no row")
      return
    }
    #expect(
      write.columns.last?.value
        == "{\"age\":30,\"mail\":\"3e7267c7-edb5-0dc1-0216-8a26c63346dc\",\"tags\":[1776345808,null],\"deep\":{\"x\":1}}"
    )
    #expect(throws: UnreadableEvent.self) {
      try HandlerFixture.actions(handler, .row("I:id", "id=1&profile=no+json"))
    }
    // A bare value is shown to nobody.
    #expect(try HandlerFixture.actions(handler, .row("I:id", "id=1&profile=7")) == ["I public.t id=1&profile=null"])
  }

  @Test func theCopyIsObfuscatedToo() throws {
    let rule = try handler().copy
    let columns = ["id", "email", "note", "paid", "unknown", "profile"]
    #expect(rule.selection(of: columns).map(\.column) == ["id", "email", "paid", "profile"])
    #expect(rule.selection(of: columns).map(\.sql)[2] == "(paid::text <> '') as paid")
    #expect(rule.mustRead(columns) && !rule.mustRead(["id", "note"]))
    let rewriting = try #require(rule.rewriting(["id", "email", "profile"]))
    #expect(
      try rewriting(Array("1\tann@example.com\t{\"age\": 3}\n2\t\\N\t\\N\n".utf8))
        == Array("1\t3e7267c7-edb5-0dc1-0216-8a26c63346dc\t{\"age\":3}\n2\t\\N\t\\N\n".utf8))
    #expect(try rule.rewrite("email", "ann@example.com") == "3e7267c7-edb5-0dc1-0216-8a26c63346dc")
  }

  @Test func theKeyMustNotBeLeftOut() throws {
    let handler = try handler(map: "public.t:\n  v: keep\n")
    let error = #expect(throws: ApplyError.self) { try HandlerFixture.actions(handler, .row("I:id", "id=1&v=a")) }
    #expect(error?.reason.contains("leaves out the key column \"id\"") == true)
  }

  @Test func mapsAreJSONOrIndented() throws {
    let json = try ObfuscationMap(parsing: "{\"public.t\": {\"id\": \"keep\", \"p\": {\"x\": \"hash\"}}}")
    let indented = try ObfuscationMap(parsing: "---\n'public.t':\n    id: keep\n    p:\n      x: 'hash'\n")
    #expect(json == indented)
    #expect(try json.rules(of: QualifiedName(unquoted: "public.t"))?["p"] == .nested(["x": .hash]))
    #expect(try ObfuscationMap(parsing: "t:\n a: keep").rules(of: QualifiedName(unquoted: "public.t")) != nil)
    #expect(try json.rules(of: QualifiedName(unquoted: "app.t")) == nil)
  }

  @Test(arguments: [
    "public.t: keep", "t:\n  a: hide\n", "t:\n  a\n", "t:\n", "t:\n\ta: keep", "t:\n  a: keep\n   b: keep",
    "t:\n  a: keep\n  a: hash", "{\"t\": 1}", "{", "t:\n    a: keep\n  b: keep",
  ]) func wrongMapsAreRefused(_ text: String) {
    #expect(throws: HandlerError.self) { try ObfuscationMap(parsing: text) }
  }

  @Test func whatIsMissingIsNamed() {
    func problem(_ body: () throws -> any TableHandler) -> String {
      (#expect(throws: HandlerError.self) { try body() })?.description ?? ""
    }
    #expect(problem { try handler("obfuscate(keyfile=k)") }.contains("needs the argument map"))
    #expect(problem { try handler("obfuscate(map=m)") }.contains("needs the argument keyfile"))
    #expect(problem { try handler(map: "app.x:\n  a: keep") }.contains("does not name the table public.t"))
    #expect(problem { try handler(key: "short") }.contains("5 bytes"))
    #expect(problem { try HandlerFixture.make("obfuscate(map=/no/such/file&keyfile=k)") }.contains("/no/such/file"))
  }

  @Test func theWorkersSettingsNameTheFiles() throws {
    var settings = HandlerSettings()
    settings.obfuscationMap = "m"
    settings.obfuscationKey = "k"
    settings.readFile = { $0 == "m" ? "t:\n  id: keep\n" : "a secret key" }
    #expect(try HandlerFixture.make("obfuscate", settings: settings) is ObfuscateHandler)
  }
}
