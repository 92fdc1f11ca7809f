import ArgumentParser
import EventFormats
import Foundation
import Logging
import NodeCascade
import PostgresClient
import ServiceRuntime
import TableComparison

/// What is compared with what; the same for `table compare`, `repair` and `verify`.
struct ComparisonOptions: ParsableArguments {
  @Option(
    help: """
      Database to compare --db with: libpq connection string or URI. Without it, --db is a node of a cascaded queue, and is \
      compared with the node that it reads from.
      """)
  var target: String?

  @Option(help: "The queue between both. Default: the only one.")
  var queue: String?

  @Option(help: "With --target: the name under which 'trunkline replicate' keeps its position. Default: the only one.")
  var consumer: String?

  @Option(help: "Without --target: the node upstream to compare with.")
  var against: String?

  @Option(help: "Added to the connection strings of other nodes, for example 'user=admin'.")
  var remoteOptions = ""

  @Flag(help: "Do not wait for a common position: both databases stand still.")
  var unaligned = false

  @Option(help: "How long the target may take to get to a position.")
  var timeout = DurationArgument(.seconds(60))

  @Option(help: "Columns that identify a row, with commas. Default: the primary key.")
  var key: String?

  @Option(help: "Only these columns besides the key, with commas.")
  var columns: String?

  @Option(help: "All columns but these, with commas.")
  var ignoreColumns: String?

  @Option(help: "Only rows that meet this SQL condition over the table's columns, as written.")
  var `where`: String?

  @Argument(
    help: """
      Tables, written as in SQL; NAME=NAME for another name in the target. Default: all that the queue captures, or all of \
      the set that the node replicates.
      """)
  var tables: [String] = []

  func validate() throws {
    guard target == nil || against == nil else { throw ValidationError("--against goes without --target") }
    guard target != nil || consumer == nil else { throw ValidationError("--consumer goes with --target") }
    guard target != nil || !unaligned else { throw ValidationError("--unaligned goes with --target") }
    guard !unaligned || !tables.isEmpty else { throw ValidationError("--unaligned: name the tables") }
    guard !unaligned || (queue == nil && consumer == nil) else {
      throw ValidationError("--unaligned goes without --queue and --consumer")
    }
    guard columns == nil || ignoreColumns == nil else {
      throw ValidationError("give either --columns or --ignore-columns")
    }
  }

  /// The tables with the databases that they are compared in.
  ///
  /// - Parameter fromRoot: compare with the node where events are made.
  func resolve(_ connection: ConnectionOptions, fromRoot: Bool = false) async throws -> [ComparisonJob] {
    let jobs =
      if let target {
        try await ReplicaSelection(options: self, connection: connection, target: target).jobs()
      } else {
        try await NodeSelection(options: self, connection: connection, fromRoot: fromRoot).jobs()
      }
    return try jobs.map { job in
      var job = job
      job.table = try narrowed(job.table)
      return job
    }
  }

  private func narrowed(_ table: ComparedTable) throws -> ComparedTable {
    var table = table
    if let key = try ColumnList.parse(key) { table.key = key }
    if let columns = try ColumnList.parse(columns) { table.columns = columns }
    if let ignored = try ColumnList.parse(ignoreColumns) { table.ignored.formUnion(ignored) }
    if let condition = `where` { table.conditions.append(condition) }
    return table
  }

  /// The tables of the command line: name in the source, name in the target.
  func named() throws -> [(QualifiedName, QualifiedName?)] {
    try tables.map { text in
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard let first = parts.first else { throw ValidationError("'\(text)' is no table") }
      return (try QualifiedName(parsing: first), try parts.dropFirst().first.map { try QualifiedName(parsing: $0) })
    }
  }
}

/// One table in two databases.
struct ComparisonJob: Sendable {
  var databases: ComparedDatabases
  var table: ComparedTable

  /// The queue between both, if there is one.
  var queue: String? {
    switch databases.position {
    case .none: nil
    case .replica(let queue, _), .node(let queue): queue
    }
  }
}
