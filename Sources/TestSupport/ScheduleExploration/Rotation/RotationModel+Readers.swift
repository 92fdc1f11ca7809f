extension RotationModel {
  /// A consumer: opens a batch of one or more ticks and reads the queue's row, then the slot, then the tables, and finishes.
  ///
  /// Opening concerns nobody else, so it is one step with reading the row; a REPEATABLE READ transaction, which sees the
  /// row as it was when the batch was opened, does the same. A consumer that crashes on the way begins again with the same
  /// batch, which is the same as having been slow.
  func readerSteps(_ number: Int, _ state: RotationState, _ visit: Visit) {
    let reader = state.readers[number]
    var next = state
    let isRegistered = reader.place != .notRegistered

    switch reader.place {
    case .notRegistered:
      // The row of the queue is locked, so this waits for a switch; without any tick it would make one.
      guard state.rotation.place == .idle, state.secondHalf == 0, state.tickRows != 0 else { return }
      next.readers[number].place = .idle
      next.readers[number].lastTick = UInt8(UInt8.bitWidth - 1 - state.tickRows.leadingZeroBitCount)
      visit(.reader(number, .registers(tick: next.readers[number].lastTick)), next)
    case .idle:
      for tick in (reader.lastTick + 1)..<max(state.tickCount, reader.lastTick + 1) where isRegistered {
        guard state.tickRows & (1 << tick) != 0 else { continue }
        next.readers[number].nextTick = tick
        next.readers[number].place = .hasReadRow
        next.readers[number].row = state.queue
        visit(.reader(number, .opens(from: reader.lastTick, to: tick)), next)
      }
    case .hasReadRow:
      next.readers[number].slot = state.slot
      next.readers[number].place = .hasReadSlot
      visit(.reader(number, .readsSlot(state.slot)), next)
    case .hasReadSlot:
      let tables = candidateTables(of: reader, state)
      guard !tables.contains(where: { isLocked(table: $0, state) }) else { return }
      read(tables, number, &next)
      next.readers[number].place = .idle
      next.readers[number].lastTick = reader.nextTick
      next.readers[number].nextTick = 0
      next.readers[number].row = .init()
      next.readers[number].slot = 0
      visit(.reader(number, .reads(tables: tables)), next)
    }
  }

  /// `batch_event_tables.sql`.
  private func candidateTables(of reader: RotationState.Reader, _ state: RotationState) -> [UInt8] {
    let row = reader.row
    let previous = (row.currentTable + UInt8(tables) - 1) % UInt8(tables)
    var result: [UInt8] = []
    var looksIntoPrevious = true
    if state.ticks[Int(reader.nextTick)].xmax < row.step1 {
      result = [previous]
    } else if row.step2 != 0, state.ticks[Int(reader.lastTick)].xmin > row.step2 {
      looksIntoPrevious = false
      result = [row.currentTable]
    } else {
      result = previous == row.currentTable ? [previous] : [previous, row.currentTable]
    }
    if mistake != .readersTrustTheRow, reader.slot != row.currentTable, !looksIntoPrevious || reader.slot != previous {
      result.append(reader.slot)
    }
    return result
  }

  /// `batch_event_sql.sql`: the events that the last tick does not see and the next one does. They must be exactly the
  /// committed ones, each found once and never before.
  private func read(_ tables: [UInt8], _ number: Int, _ state: inout RotationState) {
    let reader = state.readers[number]
    let last = state.ticks[Int(reader.lastTick)]
    let current = state.ticks[Int(reader.nextTick)]
    for index in 0..<writers {
      let writer = state.writers[index]
      let belongs =
        state.transactions.isCommitted(writer.transaction) && !last.sees(writer.transaction)
        && current.sees(writer.transaction)
      guard belongs else { continue }
      for (place, event) in [writer.firstEvent, writer.secondEvent].prefix(insertsPerWriter).enumerated() {
        let bit: UInt8 = 1 << UInt8(index * 2 + place)
        let times = tables.filter { $0 == event }.count
        if times == 0 { state.wrong = .lost }
        if times > 1 || state.readers[number].delivered & bit != 0 { state.wrong = .doubled }
        state.readers[number].delivered |= bit
      }
    }
  }
}
