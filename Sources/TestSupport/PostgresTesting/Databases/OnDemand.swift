/// A value made once, by the first who asks; a failure is remembered too.
actor OnDemand<Value: Sendable> {
  private let make: @Sendable () async throws -> Value
  private var task: Task<Value, any Error>?

  init(_ make: @escaping @Sendable () async throws -> Value) {
    self.make = make
  }

  func value() async throws -> Value {
    if let task { return try await task.value }
    let task = Task { [make] in try await make() }
    self.task = task
    return try await task.value
  }
}
