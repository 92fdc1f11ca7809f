import PostgresClient
import ServiceRuntime

extension [SQLCall] {
  /// Runs the calls in one transaction and reports how many dead letters they touched; or shows them.
  ///
  /// - Parameter expected: how many were named; 0: any number. When one of them is not there, nothing happens.
  func runCounting(
    _ result: String, _ names: ConsumerArguments, _ expected: Int, _ connection: ConnectionOptions,
    _ dryRun: DryRunOptions, _ output: OutputOptions
  ) async throws {
    guard !dryRun.dryRun else { return try dryRun.print(self, output) }
    let count = try await connection.withConnection { connection in
      try await connection.transaction { connection in
        var count = 0
        for call in self { count += Int(try await call.run(connection) ?? "") ?? 0 }
        guard expected == 0 || count == expected else {
          throw CommandError(
            "consumer \"\(names.consumer)\" of queue \"\(names.queue)\" has only \(count) of these \(expected) dead letters;"
              + " nothing was changed",
            hint: "see which there are: trunkline dead list", exitCode: .configuration)
        }
        return count
      }
    }
    try output.print(DeadCount(queue: names.queue, consumer: names.consumer, result: result, letters: count)) {
      "\($0.letters) dead letters of consumer \"\($0.consumer)\" of queue \"\($0.queue)\" \($0.result)\n"
    }
  }
}

/// How many dead letters a command touched.
struct DeadCount: Encodable {
  var queue: String
  var consumer: String
  var result: String
  var letters: Int
}
