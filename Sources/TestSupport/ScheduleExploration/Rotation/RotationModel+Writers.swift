extension RotationModel {
  /// `_insert_target.sql` and the insert: the transaction id, then the slot, then the row, which waits for the lock of an
  /// emptied table.
  func writerSteps(_ number: Int, _ state: RotationState, _ visit: Visit) {
    let writer = state.writers[number]
    var next = state
    func done(_ what: Step.Deed, _ change: (inout RotationState.Writer) -> Void) {
      change(&next.writers[number])
      visit(.writer(number, what), next)
    }

    switch writer.place {
    case .start:
      // Writers are alike, so it is enough to look at the schedules in which they begin in the order of their numbers.
      guard number == 0 || state.writers[number - 1] != RotationState.Writer() else { return }
      let begin = Place(writer: writer, mistake: mistake, eventIDs: eventIDs)
      switch begin {
      case .snapshot:
        done(.begins(seenTable: state.queue.currentTable)) {
          $0.seenTable = state.queue.currentTable
        }
      case .slot:
        done(.readsSlot(state.slot)) {
          $0.slot = state.slot; $0.seenTable = state.slot
        }
      case .eventID:
        next.eventSequence += 1
        done(.drawsEventID(next.eventSequence)) { $0.eventID = state.eventSequence + 1 }
      case .transaction:
        let id = next.transactions.draw()
        done(.takesTransactionID(id)) {
          $0.transaction = id
          $0.place = mistake == .slotBeforeTransaction ? .readyToInsert : .readyToReadSlot
        }
      }
    case .readyToReadSlot:
      if eventIDs, writer.eventID == 0 {
        next.eventSequence += 1
        done(.drawsEventID(next.eventSequence)) { $0.eventID = state.eventSequence + 1 }
      } else {
        let slot = mistake == .slotInTheRow ? writer.seenTable : state.slot
        done(.readsSlot(slot)) {
          $0.slot = slot; $0.place = .readyToInsert
        }
      }
    case .readyToInsert:
      guard !isLocked(table: writer.slot, state) else { return }
      done(.inserts(table: writer.slot)) {
        let isFirst = $0.firstEvent == RotationState.Writer.nowhere
        if isFirst { $0.firstEvent = writer.slot } else { $0.secondEvent = writer.slot }
        $0.place = isFirst && insertsPerWriter == 2 ? .readyToReadSlot : .readyToEnd
      }
    case .readyToEnd:
      next.writers[number].place = .ended
      next.writers[number].slot = 0
      next.writers[number].seenTable = 0
      if writersMayAbort {
        var aborted = next
        aborted.transactions.abort(writer.transaction)
        aborted.writers[number].firstEvent = RotationState.Writer.nowhere
        aborted.writers[number].secondEvent = RotationState.Writer.nowhere
        visit(.writer(number, .rollsBack), aborted)
      }
      next.transactions.commit(writer.transaction)
      visit(.writer(number, .commits), next)
    case .ended:
      break
    }
  }

  /// What a writer does first; only mistakes put something before the transaction id.
  private enum Place {
    case snapshot, slot, eventID, transaction

    init(writer: RotationState.Writer, mistake: Mistake?, eventIDs: Bool) {
      let knowsTable = writer.seenTable != RotationState.Writer.nowhere
      self =
        switch mistake {
        case .slotInTheRow where !knowsTable: .snapshot
        case .slotBeforeTransaction where !knowsTable: .slot
        case .eventIDBeforeTransaction where eventIDs && writer.eventID == 0: .eventID
        default: .transaction
        }
    }
  }

  /// Whether a switch holds the exclusive lock of a table that it has emptied.
  func isLocked(table: UInt8, _ state: RotationState) -> Bool {
    let rotation = state.rotation
    return (rotation.place == .hasEmptiedTable || rotation.place == .hasSwitched)
      && (!rotation.adopts || mistake == .adoptionEmpties) && rotation.next == table
  }
}
