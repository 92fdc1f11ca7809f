import ArgumentParser
import Foundation
import Logging
import PostgresClient

/// Names in the database, offered when the shell completes a word.
extension CompletionKind {
  /// Names of queues.
  static var queueNames: CompletionKind {
    .custom { words, _, _ in
      await DatabaseNames(words).read("select queue_name from pgq.get_queue_info() order by 1")
    }
  }

  /// Names of consumers: those of the queue that stands on the command line, else all.
  static var consumerNames: CompletionKind {
    .custom { words, _, _ in
      let names = DatabaseNames(words)
      return await names.read(
        """
        with consumers as (select queue_name, consumer_name from pgq.get_consumer_info())
        select distinct consumer_name from consumers
        where queue_name = any (\(words)) or not exists (select 1 from consumers where queue_name = any (\(words)))
        order by 1
        """)
    }
  }

  /// Names of roles that can be granted something.
  static var roleNames: CompletionKind {
    .custom { words, _, _ in
      await DatabaseNames(words).read("select rolname from pg_catalog.pg_roles where rolname !~ '^pg_' order by 1")
    }
  }
}

/// Asks the database that the command line being typed names. Whatever goes wrong, there is just nothing to offer.
struct DatabaseNames {
  private let connectionString: String

  init(_ words: [String]) {
    var named: String?
    for (word, next) in zip(words, words.dropFirst()) where word == "--db" { named = next }
    for word in words where word.hasPrefix("--db=") { named = String(word.dropFirst("--db=".count)) }
    connectionString = named ?? ProcessInfo.processInfo.environment["TRUNKLINE_DB"] ?? ""
  }

  /// The first column of the rows.
  func read(_ query: PostgresQuery) async -> [String] {
    var configuration = PostgresConfiguration(connectionString, applicationName: "trunkline completion")
    configuration.connectTimeout = .seconds(2)
    let silent = Logger(label: "completion") { _ in SwiftLogNoOpLogHandler() }
    do {
      let connection = try await PostgresConnection.connect(configuration, logger: silent)
      defer { Task { await connection.close() } }
      try await connection.execute("set statement_timeout = '2s'")
      return try await connection.query(query).map { try $0.decode(0, as: String.self) }
    } catch {
      return []
    }
  }
}
