import PostgresClient

/// Counts the switches of the queue's event tables, through crashes of the server.
struct RotationCounter: Sendable {
  let connectionString: String

  /// How often the current table was seen to change within the time.
  func count(until milliseconds: Int) async -> Int {
    let end = ContinuousClock.now + .milliseconds(milliseconds)
    var connection: PostgresConnection?
    var last: Int?
    var rotations = 0
    while ContinuousClock.now < end {
      do {
        let current: PostgresConnection
        if let connection, !(await connection.isClosed) {
          current = connection
        } else {
          current = try await PostgresConnection.connect(
            PostgresConfiguration(connectionString, applicationName: "torture counter"))
        }
        connection = current
        let table = try await current.query("select queue_cur_table from pgq.queue").first?.decode(0, as: Int.self)
        if let last, table != last { rotations += 1 }
        last = table
      } catch {
        await connection?.close()
        connection = nil
      }
      try? await Task.sleep(for: .milliseconds(100))
    }
    await connection?.close()
    return rotations
  }
}
