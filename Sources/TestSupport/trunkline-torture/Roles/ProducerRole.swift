import ArgumentParser
import CrashKit
import Foundation
import PostgresClient
import ServiceLifecycle

/// Inserts events in transactions of every kind, and writes down what became of each.
struct ProducerRole: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "producer", shouldDisplay: false)

  @OptionGroup var options: RoleOptions
  @Option var number: Int

  func run() async throws {
    let producer = try Producer(options: options, number: number)
    try await options.run { try await producer.run() }
  }
}

/// One producer: the next transaction begins when the fate of the one before is known, so the order of a key is.
private actor Producer {
  private let options: RoleOptions
  private let producer: Int
  private let history: HistoryFile
  private var next = 1
  /// A transaction whose end was not confirmed.
  private var open: (number: Int, xid: Int64)?

  init(options: RoleOptions, number: Int) throws {
    self.options = options
    producer = number
    for record in try Self.earlierRecords(options, number) {
      switch record {
      case .began(let number, let xid): open = (number, xid)
      case .committed, .rolledBack, .foundOut: open = nil
      case .delivered, .askedForRetry, .finished: continue
      }
      if case .began(let number, _) = record { next = max(next, number + 1) }
    }
    history = try HistoryFile("\(options.directory)/\(options.history)")
  }

  /// What this producer's former processes wrote; every process has a file of its own.
  private static func earlierRecords(_ options: RoleOptions, _ number: Int) throws -> [HistoryRecord] {
    try FileManager.default.contentsOfDirectory(atPath: options.directory)
      .filter { $0.hasPrefix("producer-\(number).") }
      .sorted { instance($0) < instance($1) }
      .flatMap { try HistoryRecord.records(of: String(contentsOfFile: "\(options.directory)/\($0)", encoding: .utf8)) }
  }

  private static func instance(_ file: String) -> Int { file.split(separator: ".").last.flatMap { Int($0) } ?? 0 }

  func run() async throws {
    var connection: PostgresConnection?
    while !Task.isShuttingDownGracefully || open != nil {
      do {
        let current = try await connected(connection)
        connection = current
        if open != nil {
          try await findOut(current)
        } else {
          try await work(current)
        }
      } catch let error as PostgresError where error.isTransient || error.code == .misuse {
        await connection?.close()
        connection = nil
        try await Task.sleep(for: .milliseconds(100))
      }
    }
    await connection?.close()
  }

  private func connected(_ connection: PostgresConnection?) async throws -> PostgresConnection {
    if let connection, !(await connection.isClosed) { return connection }
    return try await PostgresConnection.connect(options.database, logger: options.logger)
  }

  /// Asks the server what became of the transaction whose end was not confirmed.
  ///
  /// `txid_status` tells only when it is over: a server that crashed before the id reached its disk gives the same id to another
  /// transaction, and then answers for that one, or has not given it to anybody yet. Whether it was committed is told by its
  /// mark, read afterwards.
  private func findOut(_ connection: PostgresConnection) async throws {
    guard let open else { return }
    do {
      let rows = try await connection.query("select coalesce(txid_status(\(open.xid)), 'unknown')")
      guard try rows.first?.decode(0, as: String.self) != "in progress" else {
        return try await Task.sleep(for: .milliseconds(50))
      }
    } catch let error as PostgresError where error.sqlState == "22023" {
      // "transaction ID ... is in the future": it is over, and was not committed.
    }
    let marks = try await connection.query(
      "select 1 from torture_mark where producer = \(producer) and number = \(open.number)")
    try history.write(.foundOut(number: open.number, isCommitted: !marks.isEmpty))
    self.open = nil
  }

  private func work(_ connection: PostgresConnection) async throws {
    let number = next
    next += 1
    let plan = TransactionPlan(seed: options.seed, producer: producer, number: number)
    do {
      try await connection.execute("begin isolation level \(plan.isolation.rawValue)")
      // The transaction's snapshot, if it keeps one.
      try await connection.execute("select 1 from torture_mark limit 1")
      try await pause(milliseconds: plan.pauseBefore)
      let xid = try await connection.query("select txid_current()").first?.decode(0, as: Int64.self) ?? 0
      try history.write(.began(number: number, xid: xid))
      open = (number, xid)
      try await connection.query("insert into torture_mark (producer, number) values (\(producer), \(number))")
      try await insert(plan, number, connection)
      try await pause(milliseconds: plan.pauseAfter)
      if plan.rollsBack {
        try await connection.execute("rollback")
        try history.write(.rolledBack(number: number))
      } else {
        guard try await connection.execute("commit").commandTag == "COMMIT" else {
          throw PostgresError(.connectionLost, "the transaction was not committed")
        }
        try history.write(.committed(number: number))
      }
      open = nil
    } catch let error as PostgresError where error.sqlState == "40001" || error.sqlState == "40P01" {
      // The server says that it is rolled back, whether at a statement or at the commit.
      try await connection.execute("rollback")
      if open != nil { try history.write(.rolledBack(number: number)) }
      open = nil
    }
    try await pause(milliseconds: plan.pauseBetween)
  }

  private func insert(_ plan: TransactionPlan, _ number: Int, _ connection: PostgresConnection) async throws {
    func name(_ place: Int) -> String { EventName(producer: producer, transaction: number, place: place).description }

    if plan.undone > 0 {
      try await connection.execute("savepoint undone")
      for place in 0..<plan.undone {
        try await connection.query("select pgq.insert_event(\(options.queue), 'undone', \(name(100_000 + place)))")
      }
      try await connection.execute("rollback to savepoint undone")
    }
    switch plan.way {
    case .oneByOne:
      for (place, key) in plan.keys.enumerated() {
        try await connection.query(
          "select pgq.insert_event(\(options.queue), 'event', \(name(place)), null, null, null, \(key))")
      }
    case .oneStatement:
      // Names and keys are digits and dots.
      let names = "{\(plan.keys.indices.map(name).joined(separator: ","))}"
      let keys = "{\(plan.keys.joined(separator: ","))}"
      try await connection.query(
        "select trunkline.send(\(options.queue), \(names)::text[], 'event', keys => \(keys)::text[])")
    }
  }
}
