/// The algorithms of writers, ticks, rotation and batches of schema `pgq`, for exploring all their schedules.
///
/// Each process does what its SQL does, in the same order, with the locks of the SQL; files are in
/// `Sources/DatabaseSchemas/SQL/pgq/functions/`:
/// - writers: `_insert_target.sql`, `insert_event.sql`
/// - ticks: `ticker.sql`, `_make_tick.sql`, `_write_tick.sql`
/// - rotation: `maint_rotate_tables_step1.sql`, `maint_rotate_tables_step2.sql`
/// - readers: `batch_event_tables.sql`, `batch_event_sql.sql`, `next_batch_custom.sql`, `finish_batch.sql`,
///   `register_consumer_at.sql`
///
/// Change one, and change the other.
///
/// Whenever a reader reads, it must find exactly the committed events between its two ticks, each once; a table may not be
/// emptied while it holds an event that a consumer has yet to get; a tick at which a consumer is must not be removed.
package struct RotationModel: ScheduleModel {
  /// Transactions that insert: at most 4.
  package var writers = 2
  /// Events of each: 1 or 2.
  package var insertsPerWriter = 1
  /// Ticks that are made after the first one: at most 3.
  package var ticks = 2
  /// Sessions that make ticks: at most 4.
  package var tickers = 1
  /// Switches that are begun.
  package var rotations = 1
  /// Consumers: at most 4.
  package var readers = 1
  /// How many of these register at any time later, instead of in the beginning.
  package var lateReaders = 0
  /// Tables that rotate: 2 or more.
  package var tables = 3
  package var writersMayAbort = false
  /// A switch may be rolled back at any moment, as by a crash.
  package var rotationsMayAbort = false
  /// Drawing an event id is a step of its own, and every tick must say the truth about who drew ids before it.
  package var eventIDs = false
  package var mistake: Mistake?

  package init() {}

  /// Ways to get it wrong. Each must be found.
  package enum Mistake: String, CaseIterable, Sendable {
    /// A writer reads the slot before it has a transaction id.
    case slotBeforeTransaction
    /// The slot is a column of a table, which a writer reads with its snapshot, as in the original PgQ.
    case slotInTheRow
    /// `step2` is the transaction of `step1`.
    case oneTransactionForBothHalves
    /// A switch does not ask where the consumers are.
    case noWaitForConsumers
    /// Readers look only into the tables that the queue's row names.
    case readersTrustTheRow
    /// The slot that an aborted switch has left is emptied when it is adopted.
    case adoptionEmpties
    /// `step1` moves when the slot of an aborted switch is adopted.
    case adoptionMovesStep1
    /// Two ticks of a queue may be made at the same time.
    case ticksTogether
    /// A writer draws its event id before it has a transaction id.
    case eventIDBeforeTransaction
  }

  package typealias Visit = (Step, RotationState) -> Void

  package var initialState: RotationState {
    var state = RotationState()
    state.ticksToMake = UInt8(ticks)
    state.rotationsToMake = UInt8(rotations)
    for reader in 0..<(readers - lateReaders) { state.readers[reader].place = .idle }
    return state
  }

  package func forEachStep(from state: RotationState, _ visit: Visit) {
    guard state.wrong == .nothing else { return }
    for writer in 0..<writers { writerSteps(writer, state, visit) }
    for ticker in 0..<tickers { tickerSteps(ticker, state, visit) }
    rotationSteps(state, visit)
    for reader in 0..<readers { readerSteps(reader, state, visit) }
  }

  package func violation(in state: RotationState) -> String? {
    switch state.wrong {
    case .nothing: nil
    case .lost: "a committed event is in none of the tables that its reader looks into"
    case .doubled: "a reader got an event twice"
    case .emptiedTooEarly: "a table was emptied that holds an event which a consumer has yet to get"
    case .tickIsGone: "the tick of a consumer was removed"
    case .youngerThanTick: "an event id was drawn before the tick by a transaction that is younger than the tick says"
    }
  }

  package func isComplete(_ state: RotationState) -> Bool {
    (0..<writers).allSatisfy { state.writers[$0].place == .ended }
      && (0..<tickers).allSatisfy { state.tickers[$0].place == .idle } && state.ticksToMake == 0
      && state.rotation.place == .idle && state.queue.step2 != 0
      && (0..<readers).allSatisfy {
        let reader = state.readers[$0]
        // Without consumers every tick may have gone; then registering would make one.
        return reader.place == .notRegistered
          ? state.tickRows == 0 : reader.place == .idle && reader.lastTick == state.tickCount - 1
      }
  }
}
