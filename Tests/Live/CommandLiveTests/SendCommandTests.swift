import PostgresTesting
import Testing

/// `trunkline queue send`
@Suite struct SendCommandTests {
  private func withQueue(_ body: (TestDatabase, Shell) async throws -> Void) async throws {
    try await withDatabase { database in
      let shell = Shell(database: database)
      try await shell.checked("queue", "create", "q")
      try await body(database, shell)
    }
  }

  private static let events =
    "select string_agg(concat_ws('|', ev_data, ev_type, ev_extra4, ev_extra3), ';' order by ev_id) from pgq.event_template"

  @Test func linesAndArgumentsAreEvents() async throws {
    try await withQueue { database, shell in
      let text = try await shell.checked("queue", "send", "q", "--type", "t", "--key", "k", input: "a\nb\r\n\nlast")
      #expect(text == "queue \"q\": 4 events, ids 1 to 4\n")
      try await shell.checked("queue", "send", "q", "x y", "z", "--header", "a=b")
      #expect(
        try await database.psql(Self.events) == #"a|t|k;b|t|k;|t|k;last|t|k;x y|{"a": "b"};z|{"a": "b"}"#)
      let json = JSON(try await shell.checked("queue", "send", "q", "--json", input: ""))
      #expect(json["events"].int == 0)
      #expect(JSON(try await shell.checked("queue", "send", "q", "1", "--json"))["firstID"].int == 7)
    }
  }

  @Test func recordsMayEndWithNUL() async throws {
    try await withQueue { database, shell in
      try await shell.checked("queue", "send", "q", "--null", input: "a\nb\u{0}c\r\u{0}")
      #expect(
        try await database.psql(
          "select string_agg(encode(convert_to(ev_data, 'utf8'), 'hex'), ';' order by ev_id) from pgq.event_template")
          == "610a62;630d")
    }
  }

  @Test func jsonLinesDescribeEvents() async throws {
    try await withQueue { database, shell in
      let input = """
        {"payload": "text", "type": "a", "key": "1", "headers": {"h": "v", "n": 2}}
        {"payload": {"b": 1.50, "a": [null]}, "type": null}
        {"payload": null, "dedup_key": "k"}
        {"payload": "again", "dedup_key": "k"}
        {"payload": "late", "delay": "1h"}
        {"payload": "later", "deliver_at": "2100-01-01T00:00:00Z"}
        """
      try await shell.checked("queue", "send", "q", "--json-lines", "--type", "default", input: input)
      #expect(
        try await database.psql(Self.events)
          == #"text|a|1|{"h": "v", "n": "2"};{"b":1.50,"a":[null]};default"#)
      #expect(
        try await database.psql("select string_agg(payload, ';' order by deliver_at) from trunkline.list_delayed('q')")
          == "late;later")
    }
  }

  @Test func aBadLineSaysWhichAndWhatIsCommitted() async throws {
    try await withQueue { database, shell in
      let lines = (1...7).map { #"{"payload": "\#($0)"}"# } + [#"{"payload": 8, "colour": 1}"#, #"{"payload": "9"}"#]
      let output = try await shell.run(
        "queue", "send", "q", "--json-lines", "--batch", "3", input: lines.joined(separator: "\n"))
      #expect(output.status == 65)
      #expect(output.standardError.contains("event 8 of the input is refused"))
      #expect(output.standardError.contains("\"colour\""))
      #expect(
        output.standardError.contains("events 1 to 6 of the input are committed (ids 1 to 6); go on with event 7"))
      #expect(try await database.psql("select count(*) from pgq.event_template") == "6")
    }
  }

  @Test func whatTheServerRefusesIsFound() async throws {
    try await withQueue { database, shell in
      try await database.psql("alter table pgq.event_1_0 add constraint no_bad check (ev_data <> 'bad')")
      let input = "1\n2\n3\n4\n5\nbad\n7\n8\n"
      let output = try await shell.run("queue", "send", "q", "--batch", "4", "--json", input: input)
      #expect(output.status != 0)
      #expect(output.standardError.contains("event 6 of the input is refused"))
      #expect(output.standardError.contains("events 1 to 4"))
      #expect(JSON(output.standardOutput)["events"].int == 4 && JSON(output.standardOutput)["failedRecord"].int == 6)
      #expect(try await database.psql("select count(*) from pgq.event_template") == "4")

      let all = try await shell.run("queue", "send", "q", "--single-transaction", input: input)
      #expect(all.standardError.contains("nothing is committed"))
      #expect(try await database.psql("select count(*) from pgq.event_template") == "4")
    }
  }

  /// The whole input is sent again after a failure; what was sent already is not sent twice.
  @Test func numberedKeysMakeItRepeatable() async throws {
    try await withQueue { database, shell in
      for count in [5, 9] {
        let input = (1...count).map { "\($0)\n" }.joined()
        try await shell.checked("queue", "send", "q", "--dedup-key", "import-%n", "--batch", "2", input: input)
      }
      #expect(
        try await database.psql("select string_agg(ev_data, '' order by ev_id) from pgq.event_template") == "123456789")
    }
  }

  @Test func unknownQueueAndWrongOptionsAreExplained() async throws {
    try await withQueue { _, shell in
      let unknown = try await shell.run("queue", "send", "nowhere", "x")
      #expect(unknown.status != 0 && unknown.standardError.contains("nowhere"))
      #expect(try await shell.run("queue", "send", "q", "x", "--batch", "0").status == 64)
    }
  }
}
