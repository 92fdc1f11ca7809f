import CrashKit

/// What happened, and what is wrong.
struct TortureReport: CustomStringConvertible, Sendable {
  private let violations: [Violation]
  private let problems: [String]
  private let lines: [String]

  var isGood: Bool { violations.isEmpty && problems.isEmpty }

  init(history: History, supervisor: Supervisor, problems: [String]) async {
    violations = HistoryChecker.violations(of: history)
    self.problems = problems + (await supervisor.failures)

    let ends = history.producers.values.joined().reduce(into: (committed: 0, rolledBack: 0, foundOut: 0)) {
      switch $1 {
      case .committed: $0.committed += 1
      case .rolledBack: $0.rolledBack += 1
      case .foundOut: $0.foundOut += 1
      default: break
      }
    }
    let deliveries = history.consumers.map { consumer in
      let events = consumer.processes.joined().reduce(0) {
        if case .delivered(let delivery) = $1 { $0 + delivery.events.count } else { $0 }
      }
      return "\(consumer.name) \(events)"
    }
    let faults = await supervisor.faults.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    lines = [
      "transactions: \(ends.committed) committed, \(ends.rolledBack) rolled back, \(ends.foundOut) with a lost end looked up",
      "events: \(HistoryChecker(history).committedEvents) committed; received: \(deliveries.joined(separator: ", "))",
      "faults: \(faults.joined(separator: ", ")); \(await supervisor.starts) processes, "
        + "\(await supervisor.handovers) of them gave way to another; \(await supervisor.rotations) rotations",
    ]
  }

  var description: String {
    var lines = lines
    lines += problems.map { "problem: \($0)" }
    lines += violations.prefix(40).map { "violation: \($0)" }
    if violations.count > 40 { lines.append("... and \(violations.count - 40) more") }
    lines.append(isGood ? "Every promise was kept." : "\(violations.count) violations, \(problems.count) problems.")
    return lines.joined(separator: "\n")
  }
}
