/// Transactions as PostgreSQL counts them: ids in the order in which they are drawn, snapshots with `xmin` and `xmax`.
struct TransactionIDs: Hashable, Sendable {
  /// The id that is drawn next. At most 15, as there is one bit for each.
  private(set) var next: UInt8
  private var running: UInt16 = 0
  private var committed: UInt16

  /// Transaction 1 is over; it created the queue.
  init() {
    next = 2
    committed = 1 << 1
  }

  mutating func draw() -> UInt8 {
    precondition(next < 16, "the configuration needs more transaction ids than the model has")
    let id = next
    next += 1
    running |= 1 << id
    return id
  }

  mutating func commit(_ id: UInt8) {
    running &= ~(1 << id)
    committed |= 1 << id
  }

  mutating func abort(_ id: UInt8) {
    running &= ~(1 << id)
  }

  func isCommitted(_ id: UInt8) -> Bool {
    committed & (1 << id) != 0
  }

  /// The snapshot of this moment. As in PostgreSQL, `xmax` follows the youngest transaction that has ended, not the
  /// youngest that has begun.
  var snapshot: TransactionSnapshot {
    let drawn: UInt16 = ((1 << next) - 1) & ~1
    let ended = drawn & ~running
    let xmax = UInt8(UInt16.bitWidth - ended.leadingZeroBitCount)
    return TransactionSnapshot(xmax: xmax, ended: ended)
  }
}

/// Which transactions had ended, as `txid_current_snapshot()` tells.
struct TransactionSnapshot: Hashable, Sendable {
  let xmax: UInt8
  private let ended: UInt16

  init(xmax: UInt8, ended: UInt16) {
    self.xmax = xmax
    self.ended = ended
  }

  /// `txid_visible_in_snapshot()`: an aborted transaction counts as ended, too.
  func sees(_ id: UInt8) -> Bool {
    id < xmax && ended & (1 << id) != 0
  }

  /// The oldest transaction that was running.
  var xmin: UInt8 {
    let open: UInt16 = ((1 << xmax) - 1) & ~1 & ~ended
    return open == 0 ? xmax : UInt8(open.trailingZeroBitCount)
  }
}
