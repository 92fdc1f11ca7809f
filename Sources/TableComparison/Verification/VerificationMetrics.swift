import Metrics

/// The numbers of a verification, labelled with the table.
struct VerificationMetrics: Sendable {
  private let rows, rechecks, drifted: Counter
  private let drift: Gauge

  init(table: String) {
    let labels = [("table", table)]
    rows = Counter(label: "trunkline_verify_rows", dimensions: labels)
    rechecks = Counter(label: "trunkline_verify_rechecks", dimensions: labels)
    drifted = Counter(label: "trunkline_verify_drifted_rows", dimensions: labels)
    drift = Gauge(label: "trunkline_verify_drift", dimensions: labels)
  }

  /// Rows of a chunk were compared.
  func compared(_ count: Int) { rows.increment(by: count) }

  /// A chunk was compared again at a position.
  func rechecked() { rechecks.increment() }

  /// Rows were found to differ.
  func found(_ count: Int) { drifted.increment(by: count) }

  /// A round is over with this table.
  func finished(drifted: Int) { drift.record(drifted) }
}
