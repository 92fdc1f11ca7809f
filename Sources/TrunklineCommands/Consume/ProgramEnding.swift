import ServiceRuntime

/// How a program that worked on events ended, and what it left.
struct ProgramEnding: Sendable {
  enum Cause: Sendable, Equatable {
    case exited(Int32)
    case signalled(Int32)
    /// It ran longer than allowed and was killed.
    case timedOut(Duration)
  }

  var cause: Cause
  /// The last line on its standard error; empty without one.
  var lastLine = ""
  /// What it wrote to file descriptor 3.
  var verdicts = ""

  /// The exit status that gives an event up.
  static let deadStatus: Int32 = 100

  /// What the ending says about the event or the batch.
  var outcome: EventOutcome {
    switch cause {
    case .exited(0): .done
    case .exited(Self.deadStatus): .dead(reason: reason)
    default: .retry(reason: reason)
    }
  }

  private var reason: String {
    let how =
      switch cause {
      case .exited(let status): "exit status \(status)"
      case .signalled(let signal): "killed by signal \(signal)"
      case .timedOut(let limit): "killed after \(DurationArgument(limit)), the time limit"
      }
    return lastLine.isEmpty ? how : "\(lastLine) (\(how))"
  }
}
