import EventQueue
import PostgresClient

/// Lets the source begin with the next query while the target is busy with what the one before brought. What the source sends waits in
/// the network's buffers; memory stays constant.
actor ReadAhead {
  private let source: PostgresConnection
  private var queries: ArraySlice<String>
  private var begun: (query: String, stream: Task<PostgresCopyStream, any Error>)?

  /// - Parameter queries: COPY statements in the order in which they will be wanted.
  init(_ source: PostgresConnection, _ queries: [String]) {
    self.source = source
    self.queries = queries[...]
  }

  /// Brings the rows of the next query into the target, and begins with the one after.
  ///
  /// - Returns: the number of rows.
  /// - Throws: `PostgresError` of either side; `CancellationError`.
  func copy(_ query: String, to target: PostgresConnection, _ copyIn: String) async throws -> Int {
    let stream = try await open(query)
    do {
      let rows = try await CopyPipe.run(stream, target, copyIn)
      await stream.close()
      beginNext()
      return rows
    } catch {
      await stream.close()
      throw error
    }
  }

  /// To be called at the end in any case: nobody wants what was begun any more.
  func end() async {
    queries = []
    guard let stream = begun?.stream else { return }
    begun = nil
    stream.cancel()
    await (try? stream.value)?.close()
  }

  private func open(_ query: String) async throws -> PostgresCopyStream {
    if queries.first == query { queries.removeFirst() }
    guard let next = begun, next.query == query else {
      // another one than was expected
      if begun != nil { await end() }
      return try await source.openCopyOut(query)
    }
    begun = nil
    return try await withTaskCancellationHandler {
      try await next.stream.value
    } onCancel: {
      next.stream.cancel()
    }
  }

  private func beginNext() {
    guard let query = queries.first else { return }
    begun = (query, Task { [source] in try await source.openCopyOut(query) })
  }
}
