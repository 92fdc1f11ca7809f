extension RotationModel {
  /// What one process does at once, as far as others can tell.
  package enum Step: Sendable {
    case writer(Int, Deed)
    case ticker(Int, Deed)
    case rotation(Deed)
    case secondHalf(Deed)
    case reader(Int, Deed)

    /// A value, and words only when somebody asks: millions of steps are visited, and few are told.
    package enum Deed: Sendable {
      case begins(seenTable: UInt8)
      case takesTransactionID(UInt8)
      case drawsEventID(UInt8)
      case readsSlot(UInt8)
      case inserts(table: UInt8)
      case commits
      case rollsBack
      case readsSequences(tick: UInt8)
      case takesSnapshot(tick: UInt8, xmin: UInt8, xmax: UInt8)
      case writesTick(UInt8, transaction: UInt8)
      case locksRow(transaction: UInt8)
      case findsTableFree
      case findsConsumerBehind
      case findsTableInUse(UInt8)
      case empties(table: UInt8)
      case adopts(table: UInt8)
      case setsSlot(UInt8)
      case registers(tick: UInt8)
      case opens(from: UInt8, to: UInt8)
      case reads(tables: [UInt8])
    }
  }
}

extension RotationModel.Step: CustomStringConvertible {
  package var description: String {
    switch self {
    case .writer(let number, let deed): "writer \(number + 1) \(deed)"
    case .ticker(let number, let deed): "ticker \(number + 1) \(deed)"
    case .rotation(let deed): "rotation \(deed)"
    case .secondHalf(let deed): "second half of the rotation \(deed)"
    case .reader(let number, let deed): "reader \(number + 1) \(deed)"
    }
  }
}

extension RotationModel.Step.Deed: CustomStringConvertible {
  package var description: String {
    switch self {
    case .begins(let table): "takes a snapshot, in which table \(table) is the current one"
    case .takesTransactionID(let id): "takes transaction id \(id)"
    case .drawsEventID(let id): "draws event id \(id)"
    case .readsSlot(let slot): "reads slot \(slot)"
    case .inserts(let table): "inserts into table \(table)"
    case .commits: "commits"
    case .rollsBack: "is rolled back"
    case .readsSequences(let tick): "locks the queue and reads the sequences for tick \(tick)"
    case .takesSnapshot(let tick, let xmin, let xmax): "takes snapshot \(xmin):\(xmax) for tick \(tick)"
    case .writesTick(let tick, let id): "writes tick \(tick) with transaction id \(id)"
    case .locksRow(let id): "locks the row of the queue, with transaction id \(id)"
    case .findsTableFree: "finds that nobody needs the table before the previous one"
    case .findsConsumerBehind: "has to wait for a consumer, and ends"
    case .findsTableInUse(let table): "finds table \(table) in use, and ends"
    case .empties(let table): "locks the queue and empties table \(table)"
    case .adopts(let table): "locks the queue and adopts table \(table)"
    case .setsSlot(let slot): "sets the slot to \(slot)"
    case .registers(let tick): "registers at tick \(tick)"
    case .opens(let from, let to): "opens the batch between ticks \(from) and \(to), and reads the row of the queue"
    case .reads(let tables): "reads tables \(tables.map(String.init).joined(separator: ", ")) and finishes the batch"
    }
  }
}
