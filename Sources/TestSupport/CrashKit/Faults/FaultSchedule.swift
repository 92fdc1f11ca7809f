/// When what happens: decided by the seed alone.
package struct FaultSchedule: Sendable {
  /// A fault and its time, in milliseconds from the beginning.
  package struct Entry: Sendable, Equatable {
    package let time: Int
    package let fault: Fault
  }

  package let entries: [Entry]

  /// - Parameters:
  ///   - duration: of the load, in milliseconds; the last fault comes before its end.
  ///   - roles: how many processes there are to hit.
  ///   - mayRestartServer: false for a server that is somebody's.
  ///   - mayJumpClock: whether the programs run under a clock that can be moved.
  package init(seed: UInt64, duration: Int, roles: Int, mayRestartServer: Bool, mayJumpClock: Bool) {
    var random = SeededGenerator(seed: seed, purpose: "faults")
    var entries: [Entry] = []
    var time = 500
    while time < duration {
      let fault = Self.fault(&random, roles)
      // What is not allowed is drawn all the same, so that the rest of the schedule stays as it is.
      let isAllowed =
        switch fault {
        case .restartServer: mayRestartServer
        case .jumpClock: mayJumpClock
        default: true
        }
      if isAllowed { entries.append(Entry(time: time, fault: fault)) }
      time += Int.random(in: 100...1200, using: &random)
      // Storms of 12 seconds, with 8 between them in which rotations and catching up get somewhere.
      if time % 20_000 >= 12_000 { time += 20_000 - time % 20_000 }
    }
    self.entries = entries
  }

  private static func fault(_ random: inout SeededGenerator, _ roles: Int) -> Fault {
    let role = Int.random(in: 0..<max(1, roles), using: &random)
    return switch Int.random(in: 0..<100, using: &random) {
    case 0..<50: .kill(role: role)
    case 50..<60: .hang(role: role, milliseconds: Int.random(in: 100...5000, using: &random))
    case 60..<68: .double(role: role)
    case 68..<78: .cutConnections
    case 78..<83: .silence(milliseconds: Int.random(in: 100...2000, using: &random))
    case 83..<87: .refuse(milliseconds: Int.random(in: 100...1000, using: &random))
    case 87..<95: .jumpClock(seconds: Int.random(in: -100_000...100_000, using: &random))
    default: .restartServer
    }
  }
}
