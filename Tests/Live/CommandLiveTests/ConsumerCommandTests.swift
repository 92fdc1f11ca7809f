import PostgresTesting
import Testing

@Suite struct ConsumerCommandTests {
  @Test func registersAtTheChosenPlace() async throws {
    try await withDatabase { database in
      let shell = Shell(database: database)
      try await shell.checked("queue", "create", "mails")
      for _ in 0..<3 {
        try await database.psql("select pgq.insert_event('mails', 't', 'x')")
        try await shell.tick()
      }
      try await shell.checked("consumer", "register", "mails", "new1", "new2")
      try await shell.checked("consumer", "register", "mails", "all", "--from", "earliest")
      try await shell.checked("consumer", "register", "mails", "some", "--from", "2", "--set", "max_attempts=3")
      try await shell.checked("consumer", "register", "mails", "copy", "--copy-of", "some", "--set", "retry_delay=9s")
      let positions = try await database.psql(
        "select string_agg(consumer_name || last_tick, ' ' order by 1) from (select * from pgq.get_consumer_info() order by 2) c"
      )
      #expect(positions.contains("all1") && positions.contains("copy2") && positions.contains("some2"), "\(positions)")
      #expect(positions.contains("new14") && positions.contains("new24"), "\(positions)")

      let settings = try await shell.json("consumer", "show", "mails", "copy")["settings"].array
      #expect(settings.first { $0["setting"].text == "max_attempts" }?["value"].text == "3")
      #expect(settings.first { $0["setting"].text == "retry_delay" }?["value"].text == "00:00:09")

      let again = try await shell.json("consumer", "register", "mails", "some", "--from", "latest")
      #expect(again[0]["result"].text?.contains("already") == true)
      #expect(try await shell.json("consumer", "show", "mails", "some")["lastTick"].int == 2)
      let both = try await shell.run("consumer", "register", "mails", "x", "--from", "latest", "--copy-of", "some")
      #expect(both.status == 64)
    }
  }

  @Test func settingsAndPause() async throws {
    try await withDatabase { database in
      let shell = Shell(database: database)
      try await shell.checked("queue", "create", "mails")
      try await shell.checked("consumer", "register", "mails", "a", "b")
      try await shell.checked("consumer", "set", "mails", "a", "max_attempts=3", "max_age=2 days", "on_limit=evict")
      try await shell.checked("consumer", "pause", "mails", "a", "b")
      let paused = "select string_agg(sub_paused::text, ' ') from pgq.subscription"
      #expect(try await database.psql(paused) == "true true")
      let show = try await shell.json("consumer", "show", "mails", "a")["settings"].array
      let received = try await shell.json("consumer", "show", "mails", "a")
      #expect(received["received"]["acknowledged"].int == 0 && received["deadLetters"].int == 0)
      let set = Set(show.filter { $0["isDefault"].bool == false }.compactMap(\.["setting"].text))
      #expect(set.isSuperset(of: ["max_attempts", "max_age", "on_limit", "paused"]), "\(set)")
      try await shell.checked("consumer", "resume", "mails", "a", "b")
      #expect(try await database.psql(paused) == "false false")
    }
  }

  @Test func membersAreShown() async throws {
    try await withDatabase { database in
      let shell = Shell(database: database)
      try await shell.checked("queue", "create", "mails")
      try await database.psql("select pgq_coop.register_subconsumer('mails', 'group', 'one')")
      let members = try await shell.json("consumer", "members", "mails", "group")
      #expect(members.array.map(\.["member"].text) == ["one"])
      #expect(try await shell.checked("consumer", "show", "mails", "group").contains("one"))
    }
  }

  @Test func seekMovesAndUnregisterRemoves() async throws {
    try await withDatabase { database in
      let shell = Shell(database: database)
      try await shell.checked("queue", "create", "mails")
      try await shell.checked("consumer", "register", "mails", "a")
      try await shell.tick()
      try await shell.checked("consumer", "seek", "mails", "a", "--tick", "newest")
      #expect(try await shell.json("consumer", "show", "mails", "a")["lastTick"].int == 2)
      try await shell.checked("consumer", "seek", "mails", "a", "--tick", "oldest")
      #expect(try await shell.json("consumer", "show", "mails", "a")["lastTick"].int == 1)
      #expect(try await shell.run("consumer", "seek", "mails", "a", "--tick", "77").status != 0)
      try await shell.checked("consumer", "unregister", "mails", "a")
      let gone = try await shell.run("consumer", "unregister", "mails", "a")
      #expect(gone.status == 78 && gone.standardError.contains("consumer list"))
      #expect(try await shell.run("consumer", "show", "mails", "a").status != 0)
    }
  }

  @Test func evictionTellsWhatIsMissed() async throws {
    try await withDatabase { database in
      let shell = Shell(database: database)
      try await shell.checked("queue", "create", "mails")
      try await shell.checked("consumer", "register", "mails", "old", "--set", "max_attempts=3")
      try await database.psql("select pgq.insert_event('mails', 't', 'x')")
      try await shell.tick()

      let dry = try await shell.checked("consumer", "evict", "mails", "old", "--dry-run", "--reason", "it's gone")
      #expect(dry.hasSuffix("select trunkline.evict_consumer('mails', 'old', 'it''s gone');\n"), "\(dry)")
      #expect(dry.contains("-- it misses about") && dry.contains("from tick 1 "), "\(dry)")
      #expect(try await shell.json("consumer", "show", "mails", "old")["lastTick"].int == 1, "nothing happened")

      let result = try await shell.json("consumer", "evict", "mails", "old", "--reason", "gone")
      #expect(result["result"].text == "evicted" && result["lastTick"].int == 1 && result["endTick"].int == 2)
      #expect(result["events"].int ?? 0 > 0)
      let refused = try await shell.run("consume", "mails", "--consumer", "old")
      #expect(refused.status == 78 && refused.standardError.contains("--from latest"), "\(refused)")
      try await shell.checked("consumer", "register", "mails", "old", "--from", "latest")
      let back = try await shell.json("consumer", "show", "mails", "old")
      #expect(back["lastTick"].int == 2)
      #expect(back["settings"].array.first { $0["setting"].text == "max_attempts" }?["value"].text == "3")

      try await shell.checked("consumer", "evict", "mails", "old")
      try await shell.checked("consumer", "unregister", "mails", "old")
      #expect(try await database.psql("select count(*) from trunkline.eviction") == "0")
    }
  }
}
