import ArgumentParser

/// `trunkline consumer set`
struct ConsumerSet: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Change settings of a consumer, all of them or none.",
    discussion: """
      max_attempts (deliveries before an event becomes a dead letter), retry_delay and retry_max_delay (back-off), lanes \
      (order by key), lease_time (how long received events stay without a sign of life), paused; for those who manage the \
      queue max_age, max_bytes and on_limit (limits of what it may hold back), owner. 'name=' goes back to the default.

      EXAMPLE
        trunkline consumer set mails mailer max_attempts=5 retry_delay=30s
        trunkline consumer set mails mailer max_age=2d on_limit=evict
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var dryRun: DryRunOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var names: ConsumerArguments

  @Argument(help: "Settings as name=value.")
  var settings: [SettingAssignment]

  func run() async throws {
    let consumers = ConsumersArguments(queue: names.queue, consumers: [names.consumer])
    try await consumers.set(settings, result: "set", connection, dryRun, output)
  }
}
