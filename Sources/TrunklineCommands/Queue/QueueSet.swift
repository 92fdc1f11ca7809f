import ArgumentParser

/// `trunkline queue set`
struct QueueSet: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Change settings of a queue, all of them or none.",
    discussion: """
      ttl (events older than this are not delivered), retention (for how long consumers can go back), paused, disable_insert, \
      per_tx_limit, ticker_max_count, ticker_max_lag, ticker_idle_period, external_ticker; \
      consumer_max_age, consumer_max_bytes and consumer_on_limit, limits for consumers that have none. 'name=' goes back to the default.

      EXAMPLE
        trunkline queue set mails ttl=7d retention=12h
        trunkline queue set '*' ticker_max_lag=500ms
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var dryRun: DryRunOptions
  @OptionGroup var output: OutputOptions

  @Argument(help: "Name of the queue; '*' for all.", completion: .queueNames)
  var queue: String

  @Argument(help: "Settings as name=value.")
  var settings: [SettingAssignment]

  func run() async throws {
    let queues = QueueSelection(queue: queue, connection: connection, dryRun: dryRun, output: output)
    try await queues.set(settings, result: "set")
  }
}
