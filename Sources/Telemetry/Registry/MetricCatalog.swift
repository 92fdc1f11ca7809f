/// Every metric that Trunkline's programs export, so that none is without a description. The table in
/// docs/operators/monitoring.md lists the same.
package enum MetricCatalog {
  // MARK: The process

  static let build = MetricDefinition(
    "trunkline_build_info", .gauge, "Always 1; the labels tell version and kind of the program.",
    labels: ["version", "daemon"])
  static let processCPU = MetricDefinition(
    "process_cpu_seconds_total", .counter, "User and system CPU time spent in seconds.")
  static let processMemory = MetricDefinition("process_resident_memory_bytes", .gauge, "Resident memory size in bytes.")
  static let processFiles = MetricDefinition("process_open_fds", .gauge, "Number of open file descriptors.")
  static let processStart = MetricDefinition(
    "process_start_time_seconds", .gauge, "Start time of the process since unix epoch in seconds.")
  static let health = MetricDefinition(
    "trunkline_ready", .gauge, "1 when the daemon does its work, as /readyz says; else 0.")

  // MARK: The ticker

  static let ticker = [
    MetricDefinition("trunkline_ticker_ticks_total", .counter, "Ticks made.", labels: ["database"]),
    MetricDefinition(
      "trunkline_ticker_tick_duration_seconds", .histogram, "Time that making one tick takes.", labels: ["database"]),
    MetricDefinition(
      "trunkline_ticker_tick_errors_total", .counter, "Ticks that failed.", labels: ["database", "queue"]),
    MetricDefinition(
      "trunkline_ticker_maintenance_total", .counter, "Maintenance operations run: rotation, vacuum and others.",
      labels: ["database", "operation"]),
    MetricDefinition(
      "trunkline_ticker_maintenance_errors_total", .counter, "Maintenance operations that failed.",
      labels: ["database", "operation"]),
    MetricDefinition(
      "trunkline_ticker_maintenance_duration_seconds", .histogram, "Time that one maintenance operation takes.",
      labels: ["database"]),
    MetricDefinition(
      "trunkline_ticker_retried_events_total", .counter, "Events brought back from the retry queue.",
      labels: ["database"]),
    MetricDefinition(
      "trunkline_ticker_delayed_events_total", .counter, "Delayed events brought into their queues.",
      labels: ["database"]),
    MetricDefinition(
      "trunkline_ticker_reconnects_total", .counter, "Connections that were lost or could not be made.",
      labels: ["database"]),
    MetricDefinition(
      "trunkline_ticker_active", .gauge, "1 when this ticker makes the ticks of the database, 0 when it does not.",
      labels: ["database"]),
  ]

  // MARK: Replication and consumers

  static let replication = [
    MetricDefinition(
      "trunkline_replication_changes_total", .counter, "Captured changes applied, by table and operation.",
      labels: ["queue", "consumer", "table", "operation"]),
    MetricDefinition(
      "trunkline_replication_conflicts_total", .counter,
      "Changes that met a row which their source did not expect, see [conflicts.md](conflicts.md).",
      labels: ["queue", "consumer", "table", "kind", "outcome"]),
  ]

  static let transfer = [
    MetricDefinition(
      "trunkline_transfer_events_total", .counter, "Events brought over.", labels: ["queue", "consumer"]),
    MetricDefinition(
      "trunkline_transfer_rows_total", .counter, "Events or rows written in the target.", labels: ["queue", "consumer"]),
    MetricDefinition(
      "trunkline_transfer_left_out_total", .counter, "Events left out as the options say.",
      labels: ["queue", "consumer"]),
    MetricDefinition("trunkline_transfer_batches_total", .counter, "Batches finished.", labels: ["queue", "consumer"]),
    MetricDefinition(
      "trunkline_transfer_failures_total", .counter, "Failures after which the worker began anew.",
      labels: ["queue", "consumer"]),
    MetricDefinition(
      "trunkline_transfer_duration_seconds", .histogram, "Time from opening to finishing a batch.",
      labels: ["queue", "consumer"]),
    MetricDefinition(
      "trunkline_transfer_lag_seconds", .gauge, "Age of the batch in work; 0 when there is none.",
      labels: ["queue", "consumer"]),
  ]

  static let verification = [
    MetricDefinition(
      "trunkline_verify_rows_total", .counter, "Rows compared by table verify.", labels: ["table"]),
    MetricDefinition(
      "trunkline_verify_rechecks_total", .counter,
      "Chunks that differed without alignment and were compared again at a common position.", labels: ["table"]),
    MetricDefinition(
      "trunkline_verify_drifted_rows_total", .counter, "Rows found to differ at a common position.", labels: ["table"]),
    MetricDefinition(
      "trunkline_verify_drift", .gauge, "Rows that differed in the last finished round.", labels: ["table"]),
  ]

  static let consumers = [
    MetricDefinition(
      "trunkline_consumer_received_total", .counter, "Events handed to the work.", labels: ["queue", "consumer"]),
    MetricDefinition(
      "trunkline_consumer_acknowledged_total", .counter, "Single events whose work succeeded.",
      labels: ["queue", "consumer"]),
    MetricDefinition(
      "trunkline_consumer_retried_total", .counter, "Events put aside to be tried again.",
      labels: ["queue", "consumer"]),
    MetricDefinition(
      "trunkline_consumer_dead_total", .counter, "Events that became dead letters.", labels: ["queue", "consumer"]),
    MetricDefinition(
      "trunkline_consumer_batches_total", .counter, "Batches and deliveries finished.", labels: ["queue", "consumer"]),
    MetricDefinition(
      "trunkline_consumer_duration_seconds", .histogram, "Time of the work on a batch or message.",
      labels: ["queue", "consumer"]),
    MetricDefinition(
      "trunkline_consumer_lag_seconds", .gauge, "Age of what is worked on.", labels: ["queue", "consumer"]),
  ]

  /// All of them.
  package static let all: [MetricDefinition] =
    [build, health, processCPU, processMemory, processFiles, processStart] + ticker + DatabaseMetrics.definitions
    + replication + transfer + verification + consumers

  static let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
}
