import EventFormats
import Logging
import PostgresClient

/// One tick for each queue that has new events or where one is due.
struct TickRound {
  let session: TickerSession
  let report: DatabaseReport
  let logger: Logger

  /// - Returns: whether it worked for all queues.
  /// - Throws: errors of the connection, and of looking at the queues.
  func run() async throws -> Bool {
    var isWell = true
    let queues = try await session.look().queues
    report.looked(failing: [])
    for queue in queues where isDue(queue) {
      do {
        let before = ContinuousClock.now
        _ = try await session.makeTick(queue.queue)
        report.ticked(in: .now - before)
      } catch let error as PostgresError where error.code == .server {
        guard await !session.connection.isClosed else { throw error }
        report.failed(queue: queue.queue, error)
        logger.error("no tick for this queue", metadata: ["queue": "\(queue.queue)", "error": "\(error)"])
        isWell = false
      }
    }
    return isWell
  }

  private func isDue(_ queue: QueueObservation) -> Bool {
    guard let lastTick = queue.lastTick, queue.eventSequence != nil else { return true }
    return queue.newEvents > 0 || lastTick.age >= TickPolicy.idleInterval(queue)
  }
}
