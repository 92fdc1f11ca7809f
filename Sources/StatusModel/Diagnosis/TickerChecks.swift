extension Diagnosis {
  static let tickerChecks = [
    Check(name: "ticker", passed: "every queue gets its ticks", needs: ["queues", "ticker", "pgq."], find: ticks),
    Check(
      name: "two tickers", passed: "one program makes the ticks", needs: ["ticker", "what sessions"], find: twoTickers),
    Check(name: "clock", passed: "the clocks agree", find: clocks),
  ]

  private static func ticks(_ snapshot: StatusSnapshot, _ limits: DiagnosisLimits) -> [Finding] {
    guard !snapshot.server.isInRecovery else { return [] }
    let served = snapshot.queues.filter { !$0.isTickerPaused && !$0.hasExternalTicker }
    let late = served.filter { isLate($0) }
    guard !late.isEmpty else { return [] }
    if !snapshot.ticker.isPresent {
      let waiting = late.reduce(0) { $0 + $1.newEvents }
      let oldest = late.compactMap(\.tickerLag).max()
      return [
        Finding(
          "ticker", .error, "database \(snapshot.server.database)",
          "no ticker runs"
            + (oldest.map { ": the oldest queue had its last tick \(ReadableText.time($0)) ago" } ?? "")
            + (waiting > 0 ? ", \(ReadableText.count(waiting, "new event")) wait" : ""),
          cause: "Without ticks consumers receive nothing, tables do not rotate and retried events do not come back. "
            + "Queues: \(names(late)).",
          remedy: "Start the ticker, and have a service manager keep it running.", commands: ["trunkline ticker"])
      ]
    }
    return late.map { queue in
      let lag = queue.tickerLag.map { "had its last tick \(ReadableText.time($0)) ago" } ?? "has no tick at all"
      return Finding(
        "ticker", .error, "queue \(queue.name)",
        "queue \(queue.name) \(lag)"
          + (queue.newEvents > 0 ? ", \(ReadableText.count(queue.newEvents, "new event")) wait" : ""),
        cause:
          "A ticker is connected, but this queue gets no ticks: it fails for this queue, hangs, or waits for a lock.",
        remedy: "Read the ticker's log, and try one tick by hand; its error says what is wrong.",
        commands: ["select pgq.ticker(\(CommandText.sql(queue.name)))"])
    }
  }

  /// A tick is late when it is three times as old as the queue's settings want it.
  private static func isLate(_ queue: QueueSnapshot) -> Bool {
    guard let lag = queue.tickerLag else { return true }
    let wanted = queue.newEvents > 0 ? queue.tickerMaxLag : queue.tickerIdlePeriod
    return lag > 3 * wanted + 5
  }

  private static func twoTickers(_ snapshot: StatusSnapshot, _ limits: DiagnosisLimits) -> [Finding] {
    guard !snapshot.ticker.trunkline.isEmpty, !snapshot.ticker.others.isEmpty else { return [] }
    let pids = snapshot.ticker.others.map { "\($0)" }.joined(separator: ", ")
    return [
      Finding(
        "two tickers", .notice, "database \(snapshot.server.database)",
        "pgqd (or another caller of pgq.ticker) works beside Trunkline's ticker, backend \(pids)",
        cause: "Nothing is lost by that, but work is done twice, and maintenance of one may wait for the other.",
        remedy: "Stop pgqd once you are content with Trunkline's ticker.")
    ]
  }

  private static func clocks(_ snapshot: StatusSnapshot, _ limits: DiagnosisLimits) -> [Finding] {
    var findings: [Finding] = []
    let difference = snapshot.server.clockDifference
    if abs(difference) > limits.clockDifference + snapshot.server.clockUncertainty {
      let direction = difference > 0 ? "ahead of" : "behind"
      findings.append(
        Finding(
          "clock", .notice, "server",
          "the server's clock is \(ReadableText.time(abs(difference))) \(direction) this machine's",
          cause: "Lags that Trunkline shows are measured by the server alone and stay right; those that other programs "
            + "compute from both clocks do not, and times in logs cannot be compared.",
          remedy: "Have both machines follow a time server.", commands: []))
    }
    let future = snapshot.queues.filter { ($0.tickerLag ?? 0) < -limits.clockDifference }
    if !future.isEmpty {
      findings.append(
        Finding(
          "clock", .warning, "server", "the newest ticks of \(names(future)) are dated in the future",
          cause:
            "The server's clock was set back. Until it has caught up, ticks of pgqd, rotation and retries come late.",
          remedy: "Check the server's clock; it is mended by itself when the time is reached."))
    }
    return findings
  }

  /// A few names, and how many more.
  static func names(_ queues: [QueueSnapshot]) -> String {
    let shown = queues.prefix(5).map(\.name).joined(separator: ", ")
    return queues.count > 5 ? "\(shown) and \(queues.count - 5) more" : shown
  }
}
