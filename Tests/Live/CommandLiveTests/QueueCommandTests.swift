import PostgresTesting
import Testing

@Suite struct QueueCommandTests {
  @Test func showTellsSettingsTablesConsumersAndGrants() async throws {
    try await withDatabase { database in
      let shell = Shell(database: database)
      try await shell.checked("queue", "create", "mails", "--set", "ttl=7d")
      try await shell.checked("consumer", "register", "mails", "mailer")
      try await shell.checked("queue", "grant", "mails", "produce,consume", "public")

      let queue = try await shell.json("queue", "show", "mails")
      #expect(queue["queue"].text == "mails")
      #expect(queue["lastTick"].int == 1)
      let ttl = queue["settings"].array.first { $0["setting"].text == "ttl" }
      #expect(ttl?["value"].text == "7 days" && ttl?["isDefault"].bool == false)
      #expect(queue["settings"].array.first { $0["setting"].text == "paused" }?["isDefault"].bool == true)
      #expect(queue["tables"].array.count == 3)
      #expect(queue["tables"].array.filter { $0["isCurrent"].bool == true }.count == 1)
      #expect(queue["tables"][0]["bytes"].int ?? -1 >= 0)
      #expect(queue["consumers"].array.map(\.["consumer"].text) == ["mailer"])
      #expect(queue["grants"][0]["role"].text == "public")
      #expect(queue["grants"][0]["privileges"].array.compactMap(\.text) == ["consume", "produce"])
      #expect(queue["delayed"]["events"].int == 0)

      let text = try await shell.checked("queue", "show", "mails")
      for word in ["mails", "newest tick 1", "ttl", "pgq.event_1_0", "current", "mailer", "produce"] {
        #expect(text.contains(word), "\(word) is missing in \(text)")
      }
    }
  }

  @Test func setChangesAllOrNothing() async throws {
    try await withDatabase { database in
      let shell = Shell(database: database)
      try await shell.checked("queue", "create", "a")
      try await shell.checked("queue", "create", "b")
      try await shell.checked("queue", "set", "*", "ticker_max_lag=500ms", "per_tx_limit=7")
      let settings =
        "select string_agg(concat_ws(' ', queue_ticker_max_lag, queue_per_tx_limit), ',' order by queue_name) from pgq.queue"
      #expect(try await database.psql(settings) == "00:00:00.5 7,00:00:00.5 7")

      let wrong = try await shell.run("queue", "set", "*", "per_tx_limit=9", "nonsense=1")
      #expect(wrong.status != 0 && wrong.standardError.contains("nonsense"))
      #expect(try await database.psql(settings) == "00:00:00.5 7,00:00:00.5 7")

      let dry = try await shell.checked("queue", "set", "a", "per_tx_limit=9", "--dry-run")
      #expect(dry == "select trunkline.set_queue('a', 'per_tx_limit', '9');\n")
      try await shell.checked("queue", "set", "a", "ticker_max_lag=", "per_tx_limit=")
      #expect(try await database.psql(settings) == "00:00:03,00:00:00.5 7")
    }
  }

  @Test func dryRunPrintsWhatPsqlCanRun() async throws {
    try await withDatabase { database in
      let shell = Shell(database: database)
      let name = #"o'ne\"#
      let create = try await shell.checked("queue", "create", name, "--set", "ttl=1d", "--dry-run")
      #expect(try await database.psql("select count(*) from pgq.queue") == "0")
      try await database.psql(create)
      for arguments in [
        ["queue", "grant", name, "consume", "public"], ["queue", "revoke", name, "consume", "public"],
        ["queue", "pause", name], ["consumer", "register", name, "c", "--set", "max_attempts=2"],
        ["consumer", "pause", name, "c"], ["consumer", "seek", name, "c", "--tick", "oldest"],
        ["consumer", "unregister", name, "c"], ["queue", "drop", name],
      ] {
        let sql = try await shell.program(arguments + ["--dry-run"]).runChecked().standardOutput
        #expect(sql.hasPrefix("select ") && sql.hasSuffix(";\n"), "\(arguments): \(sql)")
        try await database.psql(sql)
      }
      #expect(try await database.psql("select count(*) from pgq.queue") == "0")
    }
  }

  @Test func pausedQueuesGetNoTicks() async throws {
    try await withDatabase { database in
      let shell = Shell(database: database)
      try await shell.checked("queue", "create", "mails")
      try await shell.checked("queue", "pause", "mails")
      #expect(try await database.psql("select queue_ticker_paused from pgq.queue") == "t")
      let refused = try await shell.run("queue", "tick", "mails")
      #expect(refused.status == 78 && refused.standardError.contains("queue resume mails"))
      try await shell.checked("queue", "resume", "*")
      #expect(try await database.psql("select queue_ticker_paused from pgq.queue") == "f")
    }
  }

  @Test func tickWaitsForTheTicker() async throws {
    try await withDatabase { database in
      let shell = Shell(database: database)
      try await shell.checked("queue", "create", "mails")
      let late = try await shell.run("queue", "tick", "mails", "--wait", "--timeout", "300ms")
      #expect(late.status == 75 && late.standardError.contains("is the ticker running"))

      let ticker = try shell.program(["ticker"]).start()
      let result = try await shell.json("queue", "tick", "mails", "--wait")
      let newest = try await database.psql("select last_tick_id from pgq.get_queue_info('mails')")
      #expect(result["queue"].text == "mails")
      #expect(result["tick"].int ?? 0 > 1 && result["tick"].int ?? 0 <= Int(newest) ?? 0)
      try await ticker.terminate()
    }
  }

  @Test func wideListTellsSizesAndTheSlowestConsumer() async throws {
    try await withDatabase { database in
      let shell = Shell(database: database)
      try await shell.checked("queue", "create", "mails")
      try await shell.checked("consumer", "register", "mails", "slow")
      try await database.psql("select pgq.insert_event('mails', 't', repeat('x', 100))")
      let queue = try await shell.json("queue", "list", "--wide")[0]
      #expect(queue["queue"].text == "mails" && queue["consumers"].int == 1)
      #expect(queue["bytes"].int ?? 0 > 0)
      #expect(queue["slowestConsumer"].text == "slow")
      #expect(try await shell.checked("queue", "list", "--wide").contains("slowest consumer"))
    }
  }

  @Test func grantsHoldForTheRole() async throws {
    try await withDatabase { database in
      let shell = Shell(database: database)
      let role = "role_of_\(database.name)"
      try await database.psql("create role \(role) login")
      try await shell.checked("queue", "create", "mails")
      let other = Shell(database: database, user: role)
      let refused = try await other.run("consumer", "register", "mails", "mine")
      #expect(refused.status == 77, "\(refused)")
      try await shell.checked("queue", "grant", "mails", "consume", role)
      try await other.checked("consumer", "register", "mails", "mine")
      try await other.checked("consumer", "seek", "mails", "mine", "--tick", "oldest")
      try await other.checked("consume", "mails", "--consumer", "mine")
      #expect(try await other.checked("queue", "show", "mails").contains("mine"))
      #expect(try await other.checked("consumer", "show", "mails", "mine").contains(role))
      let again = try await shell.json("queue", "grant", "mails", "consume", role)
      #expect(again[0]["result"].text == "granted before")
      try await shell.checked("queue", "revoke", "mails", "consume", role)
      let revoked = try await other.run("consumer", "pause", "mails", "mine")
      #expect(revoked.status == 77, "\(revoked)")
      try await shell.checked("queue", "drop", "mails", "--force")
      try await database.psql("drop role \(role)")
    }
  }

  @Test func whatIsNotThereIsSaid() async throws {
    try await withDatabase { database in
      let shell = Shell(database: database)
      for arguments in [["show", "none"], ["tick", "none"]] {
        let output = try await shell.program(["queue"] + arguments).run()
        #expect(output.status == 78 && output.standardError.contains("trunkline queue list"), "\(output)")
      }
      let usage = try await shell.run("queue", "set", "mails", "nonsense")
      #expect(usage.status == 64)
    }
  }
}
