import ServiceLifecycle

/// What is done with a delivery: print it, or run a program.
struct ConsumeWork: Sendable {
  let queue: String
  let consumer: String
  let member: String?
  /// Nil: print.
  let program: ChildProgram?
  let unit: ConsumeUnit
  let workers: Int

  private var line: EventLine { EventLine(queue: queue, consumer: consumer) }

  /// Works on the events.
  ///
  /// - Parameters:
  ///   - isOrdered: whether the order of events of one key is kept.
  ///   - known: outcomes of an earlier delivery of the same events; what is finished here is added.
  func perform(_ delivery: Delivery, isOrdered: Bool, known: KnownOutcomes) async throws -> WorkResult {
    guard let program else { return try await print(delivery, known) }
    switch unit {
    case .event: return await performEach(delivery, program, isOrdered: isOrdered, known)
    case .batch: return try await performBatch(delivery, program, isOrdered: isOrdered, known)
    }
  }

  private func print(_ delivery: Delivery, _ known: KnownOutcomes) async throws -> WorkResult {
    let new = delivery.events.filter { known[$0] == nil }
    let text = new.map(line.text).joined()
    try await onThread { try StandardStreams.writeDurably(text) }
    for event in new { known.add(event, .done) }
    return .done
  }

  private func performEach(
    _ delivery: Delivery, _ program: ChildProgram, isOrdered: Bool, _ known: KnownOutcomes
  ) async -> WorkResult {
    var progress = DeliveryProgress(delivery.events, isOrdered: isOrdered)
    let line = line
    var failure: (any Error)?
    await withTaskGroup(of: (Int, Result<EventOutcome, any Error>).self) { group in
      var running = 0
      while true {
        let mayStart = failure == nil && !Task.isCancelled
        while mayStart, running < workers, let index = progress.start(isStopping: Task.isShuttingDownGracefully) {
          let event = delivery.events[index]
          if let outcome = known[event] {
            progress.finish(index, outcome)
            continue
          }
          running += 1
          group.addTask {
            do {
              return (index, .success(try await program.run(input: line.text(event)).outcome))
            } catch {
              return (index, .failure(error))
            }
          }
        }
        guard running > 0, let (index, result) = await group.next() else { break }
        running -= 1
        switch result {
        case .success(let outcome):
          progress.finish(index, outcome)
          known.add(delivery.events[index], outcome)
        case .failure(let error):
          // Not started, or killed with us: the event is not to blame.
          failure = failure ?? error
          progress.abandon(index)
        }
      }
    }
    return progress.result(failure)
  }

  private func performBatch(
    _ delivery: Delivery, _ program: ChildProgram, isOrdered: Bool, _ known: KnownOutcomes
  ) async throws -> WorkResult {
    let events = delivery.events
    if events.contains(where: { known[$0] == nil }) {
      let ending = try await program.run(input: events.map(line.text).joined())
      let verdicts = judge(ending, Set(events.map(\.id)))
      for event in events { known.add(event, verdicts[event.id] ?? .done) }
    }
    var progress = DeliveryProgress(events, isOrdered: isOrdered)
    while let index = progress.start(isStopping: false) { progress.finish(index, known[events[index]] ?? .done) }
    return progress.result(nil)
  }

  /// The outcome of every event that is not just done.
  private func judge(_ ending: ProgramEnding, _ ids: Set<Int64>) -> [Int64: EventOutcome] {
    var outcome = ending.outcome
    if outcome == .done {
      do {
        return try Verdicts(ending.verdicts, events: ids).outcomes
      } catch {
        outcome = .retry(reason: "the program's verdict cannot be read: \(error.reason)")
      }
    }
    return Dictionary(uniqueKeysWithValues: ids.map { ($0, outcome) })
  }
}
