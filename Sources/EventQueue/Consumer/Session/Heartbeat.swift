import PostgresClient
import Synchronization

/// Keeps a batch while work on it takes long, and ends the work when it is lost.
///
/// A member that is silent for the group's dead interval loses its batch to the others; the heart beats four times within
/// it. A consumer that works alone asks whether another process took its place.
final class Heartbeat: Sendable {
  private struct State {
    var isWorking = false
    var failure: (any Error)?
    var onFailure: (@Sendable () -> Void)?
  }

  private let state = Mutex(State())
  private let longest: Duration

  init(atMost longest: Duration) { self.longest = longest }

  /// Why the batch is lost, if it is.
  var failure: (any Error)? { state.withLock { $0.failure } }

  /// A batch is being worked on from now on.
  func work() { state.withLock { $0.isWorking = true } }

  /// No batch is being worked on.
  func rest() { state.withLock { $0.isWorking = false } }

  /// Runs `work`, which is cancelled when the batch is lost; then the reason of the loss is thrown.
  func guarding<Value: Sendable>(_ work: @Sendable @escaping () async throws -> Value) async throws -> Value {
    let task = Task { try await work() }
    let failure = state.withLock { state in
      state.onFailure = { task.cancel() }
      return state.failure
    }
    if failure != nil { task.cancel() }
    defer { state.withLock { $0.onFailure = nil } }
    let result = await withTaskCancellationHandler {
      await task.result
    } onCancel: {
      task.cancel()
    }
    if let failure = self.failure, case .failure = result { throw failure }
    return try result.get()
  }

  /// - Throws: the reason, when the batch is lost.
  func check() throws { if let failure { throw failure } }

  /// Beats until cancelled or until the batch is lost.
  func beat(_ session: ConsumerSession) async {
    var deadInterval: Duration?
    if session.member != nil { deadInterval = try? await session.touch() }
    while true {
      let pause = min(longest, deadInterval.map { $0 / 4 } ?? longest)
      do { try await Task.sleep(for: pause) } catch { return }
      guard state.withLock({ $0.isWorking }) else { continue }
      do {
        deadInterval = try await session.touch()
      } catch is CancellationError {
        return
      } catch {
        lose(error)
        return
      }
    }
  }

  private func lose(_ error: any Error) {
    let onFailure = state.withLock { state in
      state.failure = error
      return state.onFailure
    }
    onFailure?()
  }
}
