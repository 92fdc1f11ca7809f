import ArgumentParser
import NodeCascade
import ServiceRuntime

/// What all kinds of nodes need to be made.
struct NodeCreationOptions: ParsableArguments {
  @Option(help: "The cascaded queue.")
  var queue: String

  @Option(help: "Name of the consumer that keeps the node up to date. Default: QUEUE_NODE.")
  var worker: String?

  @Flag(help: "Do not find out whether --db and the location lead to the same database.")
  var noCheck = false

  @Option(help: "Added to the connection strings of other nodes, and to the location, for example 'user=admin'.")
  var remoteOptions = ""

  @Argument(help: "The node's name.")
  var name: String

  @Argument(help: "Connection string with which other nodes reach this database. Default: that of --db.")
  var location: String?

  func creation(_ type: NodeType, _ connection: ConnectionOptions) -> NodeCreation {
    var creation = NodeCreation(
      queue: queue, type: type, name: name, publicLocation: location ?? connection.connectionString,
      worker: worker ?? "\(queue)_\(name)")
    creation.checksLocation = !noCheck
    creation.remoteOptions = remoteOptions
    return creation
  }

  func run(_ creation: NodeCreation, _ connection: ConnectionOptions, _ output: OutputOptions) async throws {
    guard !creation.publicLocation.isEmpty else {
      throw CommandError(
        "other nodes need a connection string to this database", hint: "give it after the node's name", exitCode: .usage
      )
    }
    let isNew = try await creation.run(local: connection.configuration, logger: connection.noticeLogger) { step in
      StandardStreams.writeError("\(step)\n")
    }
    try output.print(["node": name, "queue": queue, "result": isNew ? "created" : "exists"]) { _ in
      isNew
        ? "Node \(name) is a \(creation.type.rawValue) of queue \(queue) now. Its worker is \(creation.worker)."
        : "Node \(name) was there already."
    }
  }
}

/// `trunkline node create-root`
struct NodeCreateRoot: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create-root", abstract: "Make this database the root: changes and ticks are made here.",
    discussion: """
      EXAMPLE
        trunkline node create-root --db dbname=shop --queue shop main 'host=db1 dbname=shop'
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var options: NodeCreationOptions

  func run() async throws { try await options.run(options.creation(.root, connection), connection, output) }
}

/// `trunkline node create-branch`
struct NodeCreateBranch: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create-branch",
    abstract: "Make this database a branch: it has a copy of the queue and can feed others.",
    discussion: """
      EXAMPLE
        trunkline node create-branch --db dbname=copy --queue shop copy 'host=db2 dbname=copy' --provider 'host=db1 dbname=shop'
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "Connection string of the node to read from.")
  var provider: String

  @Option(
    help: "Keep the global watermark in step with these nodes (comma), instead of holding back events on the root.")
  var syncWatermark: String?

  @OptionGroup var filters: NodeFilterOptions
  @OptionGroup var options: NodeCreationOptions

  func run() async throws {
    var creation = options.creation(.branch, connection)
    creation.provider = provider
    filters.apply(to: &creation.attributes)
    creation.attributes.syncWatermark = syncWatermark?.split(separator: ",").map(String.init) ?? []
    try await options.run(creation, connection, output)
  }
}

/// `trunkline node create-leaf`
struct NodeCreateLeaf: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create-leaf", abstract: "Make this database a leaf: it has tables, but no copy of the queue.",
    discussion: """
      EXAMPLE
        trunkline node create-leaf --db dbname=report --queue shop report 'host=db3 dbname=report' --provider 'host=db2 dbname=copy'
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "Connection string of the node to read from.")
  var provider: String

  @Option(help: "A queue of this database, of which it is a node, that the leaf fills together with other leaves.")
  var merge: String?

  @OptionGroup var filters: NodeFilterOptions
  @OptionGroup var options: NodeCreationOptions

  func run() async throws {
    var creation = options.creation(.leaf, connection)
    creation.provider = provider
    filters.apply(to: &creation.attributes)
    creation.combinedQueue = merge
    try await options.run(creation, connection, output)
  }
}
