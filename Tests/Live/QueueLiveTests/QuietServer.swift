import PostgresTesting

/// A server for one test at a time: a transaction of any database holds back every table switch.
actor QuietServer {
  static let shared = QuietServer()

  private let cluster = Task { try await PrivateCluster.boot() }
  private var isTaken = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  /// Lends a fresh database on the server when nobody else is on it.
  nonisolated func withDatabase(_ body: (TestDatabase) async throws -> Void) async throws {
    await take()
    do {
      try await cluster.value.withDatabase(body)
    } catch {
      await giveBack()
      throw error
    }
    await giveBack()
  }

  private func take() async {
    if isTaken {
      await withCheckedContinuation { waiting.append($0) }
    }
    isTaken = true
  }

  /// The next one has it at once: nobody can take it in between.
  private func giveBack() {
    if waiting.isEmpty {
      isTaken = false
    } else {
      waiting.removeFirst().resume()
    }
  }
}
