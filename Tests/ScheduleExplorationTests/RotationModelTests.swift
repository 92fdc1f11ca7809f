import Foundation
import Glibc
import ScheduleExploration
import Testing

@Suite struct RotationModelTests {
  /// Configurations of which every schedule is looked at. The large ones take minutes and gigabytes: `make explore`.
  enum Configuration: String, CaseIterable, CustomTestStringConvertible {
    case twoReaders, aRoundOfTwoTables, abortedRotations, abortedWriters, writersOfTwoEvents, twoRotations
    case aReaderThatComesLate, eventIDs
    case aRoundOfThreeTables, twoWritersAndAbortedRotations, threeWriters

    static var chosen: [Configuration] {
      let large: Set<Configuration> = [.aRoundOfThreeTables, .twoWritersAndAbortedRotations, .threeWriters]
      return getenv("EXPLORE_LARGE") != nil ? allCases : allCases.filter { !large.contains($0) }
    }

    var testDescription: String { rawValue }

    var model: RotationModel {
      var model = RotationModel()
      switch self {
      case .twoReaders: (model.writers, model.readers, model.rotations) = (1, 2, 2)
      case .aRoundOfTwoTables: (model.writers, model.rotations, model.tables) = (1, 2, 2)
      case .abortedRotations: (model.writers, model.rotations, model.rotationsMayAbort) = (1, 2, true)
      case .abortedWriters: model.writersMayAbort = true
      case .writersOfTwoEvents: model.insertsPerWriter = 2
      case .twoRotations: model.rotations = 2
      case .aReaderThatComesLate: (model.writers, model.readers, model.lateReaders, model.rotations) = (1, 2, 1, 1)
      case .eventIDs: (model.writers, model.eventIDs, model.rotations, model.readers) = (3, true, 0, 0)
      case .aRoundOfThreeTables: (model.writers, model.rotations, model.ticks) = (1, 3, 3)
      case .twoWritersAndAbortedRotations: (model.rotations, model.rotationsMayAbort) = (2, true)
      case .threeWriters: model.writers = 3
      }
      return model
    }
  }

  @Test(arguments: Configuration.chosen) func noScheduleLosesOrDoublesAnEvent(
    _ configuration: Configuration
  ) async throws {
    let found = try await explore(configuration.model)
    #expect(found.counterexample == nil, "\(found)")
    #expect(found.states > 10_000)
    print("\(configuration): \(found)")
  }

  /// The schedule that breaks each mistake is printed: it is the shortest there is.
  @Test(arguments: RotationModel.Mistake.allCases) func everyMistakeIsFound(
    _ mistake: RotationModel.Mistake
  ) async throws {
    var model = RotationModel()
    model.writers = 1
    model.mistake = mistake
    switch mistake {
    case .slotBeforeTransaction, .slotInTheRow, .oneTransactionForBothHalves: break
    case .noWaitForConsumers: (model.rotations, model.tables) = (2, 2)
    case .adoptionEmpties, .adoptionMovesStep1, .readersTrustTheRow:
      (model.rotations, model.rotationsMayAbort) = (2, true)
    case .ticksTogether: (model.tickers, model.rotations, model.ticks) = (2, 0, 3)
    case .eventIDBeforeTransaction: (model.eventIDs, model.readers, model.rotations) = (true, 0, 0)
    }
    let found = try await explore(model)
    let schedule = try #require(found.counterexample?.schedule, "\(mistake) was not found: \(found)")
    print("\(mistake): \(found)")

    // The same schedule without the mistake does no harm.
    model.mistake = nil
    let right = try await explore(model)
    #expect(right.counterexample == nil, "\(right)")
    #expect(schedule.count > 3)
  }

  /// Looks at all schedules on a thread of its own: for so long, it must not hold one of the few that all tests share.
  private func explore(_ model: RotationModel) async throws -> Exploration {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result { try model.explore() }) }
    }
  }
}
