@preconcurrency import Dispatch
import Glibc
import Synchronization

/// Notes SIGINT and SIGTERM, which then do not end the process: a command that has done half of its work can say so.
final class Interruption: Sendable {
  private let flag = Mutex(false)
  private let sources: [any DispatchSourceSignal]

  /// Takes over the signals for the rest of the process's life.
  init() {
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: .global())
    }
    for source in sources {
      source.setEventHandler { [weak self] in self?.flag.withLock { $0 = true } }
      source.resume()
    }
  }

  /// Whether a signal came.
  var isRequested: Bool { flag.withLock { $0 } }
}
