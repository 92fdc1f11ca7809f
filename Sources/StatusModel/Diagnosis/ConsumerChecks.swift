extension Diagnosis {
  static let consumerChecks = [
    Check(
      name: "stalled consumer", passed: "no consumer is far behind",
      needs: ["queues", "consumers", "event sequences", "pgq.queue", "pgq.tick", "pgq.subscription", "pgq.consumer"],
      find: stalled),
    Check(name: "consumer position", passed: "every consumer stands at a tick that exists", find: lostPositions),
    Check(
      name: "consumer limit", passed: "no consumer is near or over its limits",
      needs: ["consumers", "trunkline.consumer_setting"], find: limits),
    Check(
      name: "eviction", passed: "no consumer was removed for passing its limits",
      needs: ["evictions", "trunkline.eviction"], find: evictions),
    Check(
      name: "open batch", passed: "no batch is open for long", needs: ["consumers", "pgq.subscription"],
      find: openBatches),
    Check(
      name: "dead member", passed: "no member died with a batch in its hands",
      needs: ["consumers", "pgq_coop.released_batch", "pgq.subscription"], find: deadMembers),
  ]

  private static func stalled(_ snapshot: StatusSnapshot, _ limits: DiagnosisLimits) -> [Finding] {
    snapshot.consumers.compactMap { consumer in
      guard let lag = consumer.lag, consumer.pendingEvents > 0 || consumer.isPaused else { return nil }
      let behind = "\(ReadableText.time(lag)) and about \(ReadableText.count(consumer.pendingEvents, "event")) behind"
      let kept = consumer.retainedBytes > 0 ? " (\(ReadableText.bytes(consumer.retainedBytes)) kept for it)" : ""
      if consumer.isPaused {
        return Finding(
          "stalled consumer", lag > limits.consumerLag ? .warning : .notice, place(consumer),
          "consumer \(consumer.name) of queue \(consumer.queue) is paused, \(behind)\(kept)",
          cause: "Somebody paused it. Its events are kept, so the queue's tables grow until it goes on.",
          remedy: "Let it go on when the reason is gone.", commands: [resumption(consumer.queue, consumer.name)])
      }
      // without ticks nobody can go on; that is told for the ticker
      let isServed = (snapshot.queue(consumer.queue)?.tickerLag ?? 0) < lag / 2
      guard consumer.waiting ?? (isServed ? lag : 0) > limits.consumerLag else { return nil }
      if snapshot.nodes.contains(where: { $0.queue == consumer.queue }), consumer.name.hasSuffix(".gravestone") {
        return nil  // told for lost nodes
      }
      if let watermark = watermark(consumer, behind + kept) { return watermark }
      let idle = consumer.idle ?? .infinity
      let isGone = idle > limits.consumerLag
      return Finding(
        "stalled consumer", lag > limits.errorFactor * limits.consumerLag && isGone ? .error : .warning,
        place(consumer), "consumer \(consumer.name) of queue \(consumer.queue) is \(behind)\(kept)",
        cause: isGone
          ? "It asked for nothing for \(ReadableText.time(idle))\(holder(consumer)): its process is not running, hangs, "
            + "or cannot reach the database."
          : "It works (seen \(ReadableText.time(idle)) ago), but slower than events come, or it fails on the same batch "
            + "again and again.",
        remedy: isGone
          ? "Start it again; it goes on where it stopped. If nobody needs it any more remove it, which gives its events up."
          : "Read its log. Larger batches, or more members or lanes, make it faster.",
        commands: isGone
          ? ["trunkline consumer unregister \(CommandText.shell(consumer.queue)) \(CommandText.shell(consumer.name))"]
          : [])
    }
  }

  /// A hidden consumer, by which a node of a cascade keeps what others need.
  private static func watermark(_ consumer: ConsumerSnapshot, _ behind: String) -> Finding? {
    guard consumer.name.hasPrefix("."), consumer.name.hasSuffix("watermark") else { return nil }
    let node = String(consumer.name.dropFirst().dropLast(".watermark".count))
    let isGlobal = consumer.name == ".global_watermark"
    return Finding(
      "stalled consumer", .warning, place(consumer),
      (isGlobal ? "the global watermark" : "the watermark of node \(node)")
        + " in queue \(consumer.queue) is \(behind)",
      cause: isGlobal
        ? "Some node of the cascade is behind, or the worker of the root does not run: no node forgets events after it."
        : "Node \(node), or one below it, is behind or gone: everything since then is kept for it.",
      remedy: "Find the node that is behind and let its worker go on. One that is gone for good is dropped.",
      commands: ["trunkline node status --queue \(CommandText.shell(consumer.queue))"])
  }

  private static func lostPositions(_ snapshot: StatusSnapshot, _ limits: DiagnosisLimits) -> [Finding] {
    snapshot.consumers.filter(\.isTickMissing).map { consumer in
      Finding(
        "consumer position", .error, place(consumer),
        "consumer \(consumer.name) of queue \(consumer.queue) stands at tick \(consumer.lastTick ?? 0), which does not exist",
        cause: "Its position was set by hand, or pgq.tick was restored without the rest. It cannot read, and the queue "
          + "does not rotate.",
        remedy: "Put it at a tick that exists; what lies between is skipped or comes again.",
        commands: [
          "select min(tick_id), max(tick_id) from pgq.tick t join pgq.queue q on q.queue_id = t.tick_queue "
            + "where q.queue_name = \(CommandText.sql(consumer.queue))",
          "select pgq.register_consumer_at(\(CommandText.sql(consumer.queue)), \(CommandText.sql(consumer.name)), TICK)",
        ])
    }
  }

  private static func limits(_ snapshot: StatusSnapshot, _ limits: DiagnosisLimits) -> [Finding] {
    snapshot.consumers.compactMap { consumer in
      let age = consumer.maximumAge.flatMap { limit in (consumer.waiting ?? consumer.lag).map { $0 / limit } } ?? 0
      let bytes = consumer.maximumBytes.map { Double(consumer.retainedBytes) / Double(max(1, $0)) } ?? 0
      let share = max(age, bytes)
      guard share > 0.8 else { return nil }
      let limit =
        age >= bytes
        ? "\(ReadableText.time(consumer.maximumAge ?? 0))" : ReadableText.bytes(consumer.maximumBytes ?? 0)
      let used = "\(Int((share * 100).rounded())) % of its limit of \(limit)"
      return Finding(
        "consumer limit", share >= 1 ? .error : .warning, place(consumer),
        "consumer \(consumer.name) of queue \(consumer.queue) has used \(used)",
        cause: consumer.isEvictedOnLimit
          ? "When it passes the limit it is removed, and does not get the events after its position."
          : "The limit only warns; the queue's tables go on growing.",
        remedy: "Start it or help it along, or allow it more.",
        commands: [
          "trunkline consumer set \(CommandText.shell(consumer.queue)) \(CommandText.shell(consumer.name)) "
            + (age >= bytes ? "max_age=..." : "max_bytes=...")
        ])
    }
  }

  private static func evictions(_ snapshot: StatusSnapshot, _ limits: DiagnosisLimits) -> [Finding] {
    snapshot.evictions.map { eviction in
      Finding(
        "eviction", .error, "consumer \(eviction.consumer) of queue \(eviction.queue)",
        "consumer \(eviction.consumer) of queue \(eviction.queue) was removed \(ReadableText.time(eviction.age)) ago"
          + (eviction.reason.map { " (\($0))" } ?? ""),
        cause: "It passed a limit that was set for it, so that it could not harm the database"
          + (eviction.events.map { "; about \(ReadableText.count($0, "event")) are skipped" } ?? "") + ".",
        remedy: "Bring what it feeds up to date by other means, then register it again, from now on or from the oldest "
          + "event there is.",
        commands: ["latest", "earliest"].map {
          "trunkline consumer register \(CommandText.shell(eviction.queue)) \(CommandText.shell(eviction.consumer)) --from \($0)"
        })
    }
  }

  private static func openBatches(_ snapshot: StatusSnapshot, _ limits: DiagnosisLimits) -> [Finding] {
    snapshot.consumers.compactMap { consumer in
      guard let batch = consumer.batch, let idle = consumer.idle, idle > limits.openBatch else { return nil }
      return Finding(
        "open batch", idle > limits.errorFactor * limits.openBatch ? .error : .warning, place(consumer),
        "consumer \(consumer.name) of queue \(consumer.queue) has batch \(batch) open for at least \(ReadableText.time(idle))",
        cause:
          "It opened the batch and did nothing since\(holder(consumer)): it works very long on it, hangs, or died.",
        remedy: "Look whether its process runs and what it does. A new process gets the same batch again.")
    }
  }

  private static func deadMembers(_ snapshot: StatusSnapshot, _ limits: DiagnosisLimits) -> [Finding] {
    snapshot.consumers.flatMap { consumer in
      consumer.members.compactMap { member -> Finding? in
        guard member.batch != nil, !member.isReleased else { return nil }
        guard member.idle > max(limits.memberSilence, 2 * (member.deadAfter ?? 0)) else { return nil }
        let queue = CommandText.sql(consumer.queue)
        let name = CommandText.sql(consumer.name)
        return Finding(
          "dead member", .warning, "member \(member.name) of \(place(consumer))",
          "member \(member.name) of consumer \(consumer.name) of queue \(consumer.queue) holds a batch and was silent for "
            + ReadableText.time(member.idle),
          cause: member.deadAfter == nil
            ? "It probably died. The group has no time-out, so nobody else gets its batch, and rotation waits for it."
            : "It should have lost its batch by now: maintenance, which takes it away, does not run.",
          remedy: member.deadAfter == nil
            ? "Give the group a time-out, longer than a member works on a batch between two signs of life."
            : "Start the ticker.",
          commands: member.deadAfter == nil
            ? ["select trunkline.set_member_timeout(\(queue), \(name), '5 minutes')"] : ["trunkline ticker"])
      }
    }
  }

  static func place(_ consumer: ConsumerSnapshot) -> String { "consumer \(consumer.name) of queue \(consumer.queue)" }

  static func resumption(_ queue: String, _ consumer: String) -> String {
    "trunkline consumer resume \(CommandText.shell(queue)) \(CommandText.shell(consumer))"
  }

  private static func holder(_ consumer: ConsumerSnapshot) -> String {
    consumer.holder.map { " (last: \($0))" } ?? ""
  }
}
