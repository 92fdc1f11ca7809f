import Glibc

/// Runs calls of libpq that may block for long (name look-ups, cancel requests) on threads of their own: on shared
/// ones a few that hang would hold up all others.
enum BlockingThread {
  private final class Work: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Starts a thread for `body`; runs it here when the system has none to give.
  static func run(_ body: @escaping @Sendable () -> Void) {
    let work = Unmanaged.passRetained(Work(body))
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
        return nil
      }, work.toOpaque())
    guard status == 0 else { return work.takeRetainedValue().body() }
    pthread_detach(thread)
  }
}
