/// From when on something is worth a finding. Times in seconds, sizes in bytes.
package struct DiagnosisLimits: Sendable, Equatable {
  /// A consumer that is so far behind and did not move meanwhile is stalled.
  package var consumerLag = 600.0
  /// A batch that is open for so long is suspicious.
  package var openBatch = 1800.0
  /// A transaction that is open for so long is suspicious.
  package var transactionAge = 600.0
  /// From here on something is an error instead of a warning: so many times its limit.
  package var errorFactor = 6.0
  /// Waiting retries of one consumer.
  package var retries: Int64 = 1000
  /// Event tables below that size are never too large.
  package var tableBytes: Int64 = 1 << 30
  /// A member without a time-out that is silent for so long with a batch in its hands is dead.
  package var memberSilence = 600.0
  /// Difference of clocks.
  package var clockDifference = 5.0
  /// Share of the transaction ids that may be used up.
  package var transactionIDs = 0.5

  package init() {}
}
