extension RotationModel {
  func rotationSteps(_ state: RotationState, _ visit: Visit) {
    firstHalfSteps(state, visit)
    secondHalfSteps(state, visit)
  }

  /// `maint_rotate_tables_step1.sql`.
  private func firstHalfSteps(_ state: RotationState, _ visit: Visit) {
    let rotation = state.rotation
    var next = state

    switch rotation.place {
    case .idle:
      guard state.rotationsToMake > 0, state.secondHalf == 0, state.queue.step2 != 0 else { return }
      next.rotationsToMake -= 1
      next.rotation.place = .hasLockedRow
      next.rotation.transaction = next.transactions.draw()
      visit(.rotation(.locksRow(transaction: next.rotation.transaction)), next)
    case .hasLockedRow:
      if mistake == .noWaitForConsumers || oldestNeeded(state) > state.queue.step2 {
        next.rotation.place = .hasAskedConsumers
        next.rotation.removedTicks = removableTicks(state)
        visit(.rotation(.findsTableFree), next)
      } else {
        endWithoutSwitch(&next)
        visit(.rotation(.findsConsumerBehind), next)
      }
    case .hasAskedConsumers:
      guard !isQueueLocked(state) else { return }
      let current = state.queue.currentTable
      let slot = mistake == .slotInTheRow ? current : state.slot
      next.rotation.adopts = slot != current
      next.rotation.next = slot != current ? slot : (current + 1) % UInt8(tables)
      if empties(next.rotation), isInUse(table: next.rotation.next, state) {
        endWithoutSwitch(&next)
        visit(.rotation(.findsTableInUse(next.rotation.next)), next)
      } else {
        next.rotation.place = .hasEmptiedTable
        let table = next.rotation.next
        visit(.rotation(empties(next.rotation) ? .empties(table: table) : .adopts(table: table)), next)
      }
    case .hasEmptiedTable:
      next.rotation.place = .hasSwitched
      next.slot = rotation.next
      visit(.rotation(.setsSlot(rotation.next)), next)
      if rotationsMayAbort { visit(.rotation(.rollsBack), rolledBack(state)) }
    case .hasSwitched:
      if rotationsMayAbort { visit(.rotation(.rollsBack), rolledBack(state)) }
      commitSwitch(&next)
      visit(.rotation(.commits), next)
    }
  }

  /// `maint_rotate_tables_step2.sql`: in a transaction of its own, whose id is drawn when no switch is under way.
  private func secondHalfSteps(_ state: RotationState, _ visit: Visit) {
    var next = state
    if state.secondHalf != 0 {
      next.transactions.commit(state.secondHalf)
      next.queue.step2 = state.secondHalf
      next.secondHalf = 0
      visit(.secondHalf(.commits), next)
    } else if state.queue.step2 == 0, state.rotation.place == .idle {
      next.secondHalf = next.transactions.draw()
      visit(.secondHalf(.takesTransactionID(next.secondHalf)), next)
    }
  }

  private func commitSwitch(_ state: inout RotationState) {
    let rotation = state.rotation
    if empties(rotation) { empty(table: rotation.next, &state) }
    removeTicks(rotation.removedTicks, &state)
    state.queue.currentTable = rotation.next
    if !rotation.adopts || mistake == .adoptionMovesStep1 { state.queue.step1 = rotation.transaction }
    state.queue.step2 = mistake == .oneTransactionForBothHalves ? rotation.transaction : 0
    state.transactions.commit(rotation.transaction)
    state.rotation = .init()
  }

  private func endWithoutSwitch(_ state: inout RotationState) {
    removeTicks(state.rotation.removedTicks, &state)
    state.transactions.commit(state.rotation.transaction)
    state.rotation = .init()
  }

  private func rolledBack(_ state: RotationState) -> RotationState {
    var next = state
    next.transactions.abort(state.rotation.transaction)
    next.rotation = .init()
    return next
  }

  /// `xmin` of the slowest consumer's last tick, or of this moment if there is no consumer.
  private func oldestNeeded(_ state: RotationState) -> UInt8 {
    let positions = (0..<readers).map { state.readers[$0] }.filter { $0.place != .notRegistered }.map(\.lastTick)
    guard let slowest = positions.min() else { return state.transactions.snapshot.xmin }
    return state.ticks[Int(slowest)].xmin
  }

  private func removableTicks(_ state: RotationState) -> UInt8 {
    var removable: UInt8 = 0
    for tick in 0..<Int(state.tickCount)
    where state.tickRows & (1 << tick) != 0 && state.ticks[tick].xmin < state.queue.step2 {
      removable |= 1 << tick
    }
    return removable
  }

  private func removeTicks(_ removed: UInt8, _ state: inout RotationState) {
    state.tickRows &= ~removed
    for number in 0..<readers {
      let reader = state.readers[number]
      guard reader.place != .notRegistered else { continue }
      let needed: UInt8 = 1 << reader.lastTick | (reader.place == .idle ? 0 : 1 << reader.nextTick)
      if removed & needed != 0 { state.wrong = .tickIsGone }
    }
  }

  private func empties(_ rotation: RotationState.Rotation) -> Bool {
    !rotation.adopts || mistake == .adoptionEmpties
  }

  /// `lock table ... nowait` fails: a transaction that inserted into the table is still running.
  private func isInUse(table: UInt8, _ state: RotationState) -> Bool {
    (0..<writers).contains {
      let writer = state.writers[$0]
      return writer.place != .ended && (writer.firstEvent == table || writer.secondEvent == table)
    }
  }

  private func empty(table: UInt8, _ state: inout RotationState) {
    for number in 0..<writers {
      let writer = state.writers[number]
      let isNeeded = (0..<readers).contains {
        let reader = state.readers[$0]
        return reader.place != .notRegistered && !state.ticks[Int(reader.lastTick)].sees(writer.transaction)
      }
      if writer.firstEvent == table || writer.secondEvent == table, isNeeded { state.wrong = .emptiedTooEarly }
      if writer.firstEvent == table { state.writers[number].firstEvent = RotationState.Writer.nowhere }
      if writer.secondEvent == table { state.writers[number].secondEvent = RotationState.Writer.nowhere }
    }
  }
}
