import EventQueue
import Glibc
import PostgresClient

/// `trunkline-bench read|listen CONNINFO QUEUE CONSUMER COUNT`: reads that many events with the library's consumer.
///
/// `read` prints the seconds from the request for the first batch to the end of the last one, and how many bytes of
/// `ev_data` it saw. `listen` prints a line per event, its `ev_id` and the `CLOCK_MONOTONIC` seconds of its arrival.
@main enum BenchmarkReader {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 6, let count = Int(arguments[5]) else {
      print("usage: trunkline-bench read|listen CONNINFO QUEUE CONSUMER COUNT")
      exit(2)
    }
    var consumer = QueueConsumer(queue: arguments[3], name: arguments[4], database: .init(arguments[2]))
    consumer.maximumEvents = 100_000
    switch arguments[1] {
    case "read": try await read(consumer, count)
    default: try await listen(consumer, count)
    }
  }

  /// Every event's id, type and data become Swift values, as an application would have them.
  private static func read(_ consumer: QueueConsumer, _ count: Int) async throws {
    let begin = monotonicSeconds()
    let (events, bytes, ids) = try await consumer.withBatches { batches in
      var events = 0, bytes = 0, ids: Int64 = 0
      for try await batch in batches {
        for try await event in batch.events {
          events += 1
          ids &+= try event.id
          bytes += try event.type?.utf8.count ?? 0
          bytes += try event.data?.utf8.count ?? 0
        }
        try await batch.finish()
        if events >= count { break }
      }
      return (events, bytes, ids)
    }
    print(monotonicSeconds() - begin, events, bytes, ids)
  }

  private static func listen(_ consumer: QueueConsumer, _ count: Int) async throws {
    let arrivals = try await consumer.withBatches { batches in
      var arrivals: [(Int64, Double)] = []
      print("ready")
      fflush(nil)
      for try await batch in batches {
        for try await event in batch.events { arrivals.append((try event.id, monotonicSeconds())) }
        try await batch.finish()
        if arrivals.count >= count { break }
      }
      return arrivals
    }
    for (id, time) in arrivals { print(id, time) }
  }

  private static func monotonicSeconds() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
  }
}
