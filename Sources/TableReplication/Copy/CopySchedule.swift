/// In which order the parts of several copies are worked on: what is nearest to the end first, then large tables. A value
/// that decides; others do the work and tell it.
struct CopySchedule: Sendable {
  /// Something to do for the table of the given index.
  enum Job: Sendable, Equatable {
    case copy(Int, CopyPiece)
    /// All its rows are there: find out what is to be built.
    case settle(Int)
    /// Build an object that was parked.
    case build(Int, ParkedObject)
    /// Everything is built: attach it, and write down that the copy is finished.
    case complete(Int)
  }

  private enum Phase { case copying, settling, building, completing, done }

  private struct Table {
    var pieces: [CopyPiece]
    var running = 0
    var phase = Phase.copying
    var objects: [ParkedObject] = []
  }

  private var tables: [Table]
  /// Whether a table is begun only when the one before it is finished, as rows refer to those of earlier tables.
  private let isOrdered: Bool

  /// - Parameter pieces: what to copy of each table, in the order in which to begin.
  init(_ pieces: [[CopyPiece]], isOrdered: Bool = false) {
    // The last is taken first.
    tables = pieces.map { Table(pieces: $0.reversed()) }
    self.isOrdered = isOrdered
  }

  /// Whether all rows of all tables are copied: the source is not needed any more.
  var isCopied: Bool { tables.allSatisfy { $0.phase != .copying || ($0.pieces.isEmpty && $0.running == 0) } }

  /// Whether everything is done.
  var isFinished: Bool { tables.allSatisfy { $0.phase == .done } }

  /// The next job, which the caller begins; `nil`: none before one of those that run is finished.
  mutating func next() -> Job? {
    let limit = isOrdered ? tables.firstIndex { $0.phase != .done }.map { $0 + 1 } ?? 0 : tables.count
    let open = tables.indices.prefix(limit)
    for index in open {
      if let job = finishing(index) { return job }
    }
    for index in open where tables[index].phase == .copying {
      if let piece = tables[index].pieces.popLast() {
        tables[index].running += 1
        return .copy(index, piece)
      }
    }
    return nil
  }

  private mutating func finishing(_ index: Int) -> Job? {
    switch tables[index].phase {
    case .copying where tables[index].pieces.isEmpty && tables[index].running == 0:
      tables[index].phase = .settling
      return .settle(index)
    case .building:
      if let object = tables[index].objects.popLast() {
        tables[index].running += 1
        return .build(index, object)
      }
      guard tables[index].running == 0 else { return nil }
      tables[index].phase = .completing
      return .complete(index)
    case .copying, .settling, .completing, .done: return nil
    }
  }

  /// Notes that a job is done.
  ///
  /// - Parameter objects: what a settled table is to get back.
  mutating func finish(_ job: Job, objects: [ParkedObject] = []) {
    switch job {
    case .copy(let index, _), .build(let index, _): tables[index].running -= 1
    case .settle(let index):
      tables[index].objects = objects.reversed()
      tables[index].phase = .building
    case .complete(let index): tables[index].phase = .done
    }
  }
}
