/// Where everybody stands: the server's tables and sequences, and each process.
package struct RotationState: Hashable, Sendable {
  var transactions = TransactionIDs()

  /// The sequence `queue_..._slot_seq`. No snapshot hides it and no rollback undoes it.
  var slot: UInt8 = 0
  /// The sequence of event ids.
  var eventSequence: UInt8 = 0
  /// The committed row of `pgq.queue`.
  var queue = QueueRow()
  /// The committed rows of `pgq.tick`, by id. The first was made after the queue was created.
  var ticks = Four(repeating: TransactionSnapshot(xmax: 2, ended: 0b10))
  var tickCount: UInt8 = 1
  /// Ticks that are there: one bit for each id.
  var tickRows: UInt8 = 1

  var writers = Four(repeating: Writer())
  var tickers = Four(repeating: Ticker())
  var ticksToMake: UInt8 = 0
  var rotation = Rotation()
  var rotationsToMake: UInt8 = 0
  /// Transaction of `maint_rotate_tables_step2`; 0 if none is under way.
  var secondHalf: UInt8 = 0
  var readers = Four(repeating: Reader())
  var wrong = Wrong.nothing

  /// A row of `pgq.queue`.
  struct QueueRow: Hashable, Sendable {
    var currentTable: UInt8 = 0
    var step1: UInt8 = 1
    /// 0 is null: a switch is half done.
    var step2: UInt8 = 1
  }

  /// One transaction that inserts events.
  struct Writer: Hashable, Sendable {
    enum Place: UInt8 { case start, readyToReadSlot, readyToInsert, readyToEnd, ended }
    var place = Place.start
    var transaction: UInt8 = 0
    /// The event id that was drawn; 0 for none.
    var eventID: UInt8 = 0
    /// The slot that was read for the insert to come.
    var slot: UInt8 = 0
    /// The value of `queue_cur_table` in the transaction's snapshot.
    var seenTable = Writer.nowhere
    /// Where its events are, in the order of their inserts.
    var firstEvent = Writer.nowhere
    var secondEvent = Writer.nowhere

    /// Not inserted, or emptied with its table.
    static let nowhere: UInt8 = 15
  }

  /// A transaction that makes a tick.
  struct Ticker: Hashable, Sendable {
    enum Place: UInt8 { case idle, hasReadSequence, hasSnapshot, hasWritten }
    var place = Place.idle
    var tick: UInt8 = 0
    var transaction: UInt8 = 0
    var eventSequence: UInt8 = 0
    var snapshot = TransactionSnapshot(xmax: 0, ended: 0)
  }

  /// The transaction of `maint_rotate_tables_step1`.
  struct Rotation: Hashable, Sendable {
    enum Place: UInt8 { case idle, hasLockedRow, hasAskedConsumers, hasEmptiedTable, hasSwitched }
    var place = Place.idle
    var transaction: UInt8 = 0
    var next: UInt8 = 0
    /// It adopts the slot that an aborted switch has left, and empties nothing.
    var adopts = false
    var removedTicks: UInt8 = 0
  }

  /// A consumer. Its position is a committed row of `pgq.subscription`.
  struct Reader: Hashable, Sendable {
    enum Place: UInt8 { case notRegistered, idle, hasReadRow, hasReadSlot }
    var place = Place.notRegistered
    var lastTick: UInt8 = 0
    var nextTick: UInt8 = 0
    var row = QueueRow()
    var slot: UInt8 = 0
    /// Events that it has got: one bit for each.
    var delivered: UInt8 = 0
  }

  /// The violations.
  enum Wrong: UInt8 { case nothing, lost, doubled, emptiedTooEarly, tickIsGone, youngerThanTick }
}
