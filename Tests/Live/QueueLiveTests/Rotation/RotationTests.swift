import PostgresClient
import PostgresTesting
import Testing

@Suite(.serialized) struct RotationTests {
  /// The original loses this event: the writer's snapshot shows it a table that is not read any more.
  @Test(.timeLimit(.minutes(5)), arguments: 0...4)
  func writerWithAnOldSnapshotLosesNothing(rotations: Int) async throws {
    try await QueueSession.withQuietServer { database, session in
      try await session.createQueue("q")
      let writer = try await QueueSession(database)
      try await writer.connection.execute("begin isolation level repeatable read; select 1")
      for number in 0..<rotations {
        try await session.insert("\(number)", into: "q")
        try await session.settle("q")
        let before = try await session.currentTable("q")
        try await session.rotate("q")
        #expect(try await session.currentTable("q") == (before + 1) % 3)
      }
      try await session.settle("q")
      try await writer.insert("late", into: "q")
      try await writer.connection.execute("commit")
      try await session.tick("q")
      try await session.tick("q")
      #expect(try await session.drain("q") == ["late"])
    }
  }

  @Test(.timeLimit(.minutes(5))) func abortedSwitchLosesNothingAndIsAdopted() async throws {
    try await QueueSession.withQuietServer { database, session in
      try await session.createQueue("q")
      let maintenance = try await QueueSession(database)
      try await session.settle("q")
      for round in 0..<8 {
        try await session.insert("before \(round)", into: "q")
        try await session.settle("q")
        let table = try await session.currentTable("q")
        try await maintenance.connection.execute("begin; select pgq.maint_rotate_tables_step1('q'); rollback")
        #expect(try await session.currentTable("q") == table)
        #expect(try await session.slot("q") == (table + 1) % 3)

        try await session.insert("between \(round)", into: "q")
        try await session.tick("q")
        #expect(try await session.drain("q") == ["between \(round)"])
        try await session.settle("q")
        try await session.connection.query("select pgq.maint_rotate_tables_step1('q')")
        #expect(try await session.currentTable("q") == (table + 1) % 3)
        try await session.insert("after \(round)", into: "q")
        try await session.connection.query("select pgq.maint_rotate_tables_step2()")
        try await session.tick("q")
        #expect(try await session.drain("q") == ["after \(round)"])
        try await session.settle("q")
        if round % 2 == 0 { try await session.rotate("q") }
        try await session.settle("q")
      }
    }
  }

  @Test(.timeLimit(.minutes(5))) func adoptedTableKeepsEventsOfARunningTransaction() async throws {
    try await QueueSession.withQuietServer { database, session in
      try await session.createQueue("q")
      try await session.settle("q")
      let (maintenance, writer) = (try await QueueSession(database), try await QueueSession(database))
      try await maintenance.connection.execute("begin; select pgq.maint_rotate_tables_step1('q'); rollback")
      try await writer.connection.execute("begin")
      try await writer.insert("long", into: "q")
      try await session.insert("short", into: "q")
      try await session.tick("q")
      #expect(try await session.drain("q") == ["short"])
      try await session.rotate("q")
      try await writer.connection.execute("commit")
      try await session.tick("q")
      #expect(try await session.drain("q") == ["long"])
    }
  }

  @Test(.timeLimit(.minutes(5))) func crashBetweenSwitchAndCommitLosesNothing() async throws {
    try await PrivateCluster.with { cluster in
      let database = try await cluster.createDatabase()
      try await Schema.install(into: database)
      var session = try await QueueSession(database)
      try await session.createQueue("q")
      try await session.settle("q")
      let maintenance = try await QueueSession(database)
      try await maintenance.connection.execute("begin; select pgq.maint_rotate_tables_step1('q')")
      try await session.createQueue("other")  // its commit makes the change of the sequence durable
      await cluster.kill()
      try await cluster.start()

      session = try await QueueSession(database)
      #expect(try await session.slot("q") != session.currentTable("q"))
      try await session.insert("in the new table", into: "q")
      try await session.tick("q")
      #expect(try await session.drain("q") == ["in the new table"])
      try await session.settle("q")
      try await session.rotate("q")
      #expect(try await session.slot("q") == session.currentTable("q"))
    }
  }

  @Test(.timeLimit(.minutes(5))) func switchIsNotCompletedByATransactionThatIsOlder() async throws {
    try await QueueSession.withQuietServer { _, session in
      try await session.createQueue("q")
      try await session.settle("q")
      let completed = PostgresQuery("select queue_switch_step2 is not null from pgq.queue")
      try await session.connection.execute(
        """
        begin; select txid_current(); select pgq.maint_rotate_tables_step1('q'); commit;
        begin; select txid_current(); select pgq.maint_rotate_tables_step2(); commit;
        """)
      #expect(try await session.value(completed) == false)
      try await session.connection.query("select pgq.maint_rotate_tables_step2()")
      #expect(try await session.value(completed) == true)
    }
  }

  /// Without consumers nothing holds rotation back but the writers themselves.
  @Test(.timeLimit(.minutes(5))) func tableOfARunningWriterIsNotEmptied() async throws {
    try await QueueSession.withQuietServer { database, session in
      try await session.createQueue("q", consumers: [])
      let writer = try await QueueSession(database)
      try await writer.connection.execute("begin")
      try await writer.insert("first", into: "q")
      for _ in 0..<4 { try await session.rotate("q") }
      try await session.connection.query("select pgq.register_consumer('q', 'c')")
      try await writer.insert("second", into: "q")
      try await writer.connection.execute("commit")
      try await session.tick("q")
      #expect(try await session.drain("q") == ["first", "second"])
    }
  }

  @Test(.timeLimit(.minutes(5))) func tableInUseIsLeftForTheNextTime() async throws {
    try await QueueSession.withQuietServer { database, session in
      try await session.createQueue("q")
      try await session.settle("q")
      let reader = try await QueueSession(database)
      try await reader.connection.execute("begin; lock table pgq.event_1_1 in access share mode")
      try await session.rotate("q")
      #expect(try await session.currentTable("q") == 0)
      try await reader.connection.execute("commit")
      try await session.rotate("q")
      #expect(try await session.currentTable("q") == 1)
    }
  }

  @Test(.timeLimit(.minutes(5))) func slowConsumerHoldsRotation() async throws {
    try await QueueSession.withQuietServer { _, session in
      try await session.createQueue("q", consumers: ["c", "slow"])
      try await session.insert("x", into: "q")
      for _ in 0..<3 {
        try await session.settle("q")
        try await session.rotate("q")
      }
      #expect(try await session.currentTable("q") <= 1)
      #expect(try await session.drain("q", "slow") == ["x"])
      try await session.settle("q")
      try await session.settle("q", "slow")
      let table = try await session.currentTable("q")
      try await session.rotate("q")
      #expect(try await session.currentTable("q") == (table + 1) % 3)
    }
  }
}
