import CrashKit
import Foundation
import PostgresClient

/// Gathers what the processes wrote down and what is in the tables.
struct HistoryReader: Sendable {
  let directory: String
  let server: TortureServer
  let cast: Cast

  func read(seed: UInt64) async throws -> History {
    var history = History(seed: seed)
    var records: [String: [[HistoryRecord]]] = [:]
    let files = try FileManager.default.contentsOfDirectory(atPath: directory).sorted {
      $0.compare($1, options: .numeric) == .orderedAscending
    }
    for file in files where file != "clock" {
      let role = String(file.prefix { $0 != "." })
      let text = try String(contentsOfFile: "\(directory)/\(file)", encoding: .utf8)
      records[role, default: []].append(try HistoryRecord.records(of: text))
    }
    for (role, processes) in records where role.hasPrefix("producer-") {
      history.producers[Int(role.dropFirst("producer-".count)) ?? 0] = processes.flatMap { $0 }
    }
    history.marks = try await marks()

    var consumers: [String: History.Consumer] = [:]
    for role in cast.roles {
      guard let name = role.consumer else { continue }
      let kind: History.Consumer.Kind =
        switch name {
        case "effect", "mirror": .exactlyOnce
        case "receiver", "lanes": .lanes
        default: .batches
        }
      let processes =
        kind == .exactlyOnce
        ? [try await effects(of: name, in: name == "mirror" ? server.target : server.database)]
        : records[role.name] ?? []
      consumers[name, default: .init(name: name, kind: kind, processes: [])].processes += processes
    }
    history.consumers = consumers.values.sorted { $0.name < $1.name }
    return history
  }

  private func marks() async throws -> Set<History.TransactionName> {
    let connection = try await PostgresConnection.connect(PostgresConfiguration(server.direct))
    let rows = try await connection.query("select producer, number from torture_mark")
    var marks: Set<History.TransactionName> = []
    for row in rows {
      let (producer, number) = try row.decode(Int.self, Int.self)
      marks.insert(.init(producer: producer, number: number))
    }
    await connection.close()
    return marks
  }

  private func effects(of consumer: String, in database: String) async throws -> [HistoryRecord] {
    let connection = try await PostgresConnection.connect(PostgresConfiguration(database))
    let rows = try await connection.query(
      "select id, event, key from torture_effect where consumer = \(consumer) order by id")
    var records: [HistoryRecord] = []
    for row in rows {
      let (id, event, key) = try row.decode(Int64.self, String.self, String.self)
      records.append(
        .delivered(
          .init(batch: "row \(id)", asked: id, time: id, events: [.init(name: EventName(event), key: key, retries: 0)]))
      )
    }
    await connection.close()
    return records
  }
}
