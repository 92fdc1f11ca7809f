extension RotationModel {
  /// `_write_tick.sql`, while the queue is locked: the event sequence, then the snapshot, then the transaction id with the
  /// row. Only the commit shows the tick to others.
  func tickerSteps(_ number: Int, _ state: RotationState, _ visit: Visit) {
    let ticker = state.tickers[number]
    var next = state

    switch ticker.place {
    case .idle:
      guard state.ticksToMake > 0, !isQueueLocked(state) else { return }
      next.ticksToMake -= 1
      next.tickCount += 1
      next.tickers[number].place = .hasReadSequence
      next.tickers[number].tick = state.tickCount
      next.tickers[number].eventSequence = state.eventSequence
      // Without event ids nobody cares about the sequence, and locking later leaves more to others.
      if !eventIDs, mistake != .ticksTogether { return takeSnapshot(number, next, visit) }
      visit(.ticker(number, .readsSequences(tick: state.tickCount)), next)
    case .hasReadSequence:
      takeSnapshot(number, state, visit)
    case .hasSnapshot:
      let id = next.transactions.draw()
      next.tickers[number].place = .hasWritten
      next.tickers[number].transaction = id
      if eventIDs { checkClaim(of: ticker, transaction: id, &next) }
      visit(.ticker(number, .writesTick(ticker.tick, transaction: id)), next)
    case .hasWritten:
      next.tickers[number] = .init()
      next.transactions.commit(ticker.transaction)
      next.ticks[Int(ticker.tick)] = ticker.snapshot
      next.tickRows |= 1 << ticker.tick
      visit(.ticker(number, .commits), next)
    }
  }

  private func takeSnapshot(_ number: Int, _ state: RotationState, _ visit: Visit) {
    var next = state
    let snapshot = state.transactions.snapshot
    next.tickers[number].place = .hasSnapshot
    next.tickers[number].snapshot = snapshot
    let tick = next.tickers[number].tick
    visit(.ticker(number, .takesSnapshot(tick: tick, xmin: snapshot.xmin, xmax: snapshot.xmax)), next)
  }

  /// What `_make_tick.sql` promises to the ticker, which otherwise would sleep over the commit of such a transaction: who
  /// drew an event id that the tick counts, and is not in the tick, has an older transaction id.
  private func checkClaim(of ticker: RotationState.Ticker, transaction: UInt8, _ state: inout RotationState) {
    for number in 0..<writers {
      let writer = state.writers[number]
      guard writer.eventID != 0, writer.eventID <= ticker.eventSequence else { continue }
      if writer.transaction == 0 || (!ticker.snapshot.sees(writer.transaction) && writer.transaction > transaction) {
        state.wrong = .youngerThanTick
      }
    }
  }

  /// `_lock_queue.sql`: one tick or switch at a time.
  func isQueueLocked(_ state: RotationState) -> Bool {
    let rotates = state.rotation.place == .hasEmptiedTable || state.rotation.place == .hasSwitched
    return rotates
      || (mistake != .ticksTogether && (0..<tickers).contains { state.tickers[$0].place != .idle })
  }
}
