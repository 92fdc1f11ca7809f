/// A promise that a history breaks.
package struct Violation: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Kind: String, Sendable, CaseIterable {
    case lostCommit = "a confirmed commit is not there"
    case ghostCommit = "a transaction is there that was rolled back"
    case unknownTransaction = "a transaction is there that no producer began"
    case missing = "a committed event was not delivered"
    case aborted = "an event of a transaction that was not committed was delivered"
    case unknownEvent = "an event was delivered that nobody inserted"
    case twoBatches = "an event is in more than one batch"
    case twice = "an event is in a batch twice"
    case overlap = "two batches overlap"
    case changedBatch = "a batch came again with other contents"
    case afterFinish = "a finished batch came again"
    case order = "events of a key are out of order"
    case sameTime = "events of a key were in flight twice at once"
    case retryMissing = "an event that was put aside did not come again"
    case strangeRetry = "a retried event came to a consumer that had not put it aside"
    case workTwice = "the effect of an event is there twice"
  }

  package let kind: Kind
  /// Consumer or producer.
  package let who: String
  package let detail: String

  package init(_ kind: Kind, _ who: String, _ detail: String) {
    self.kind = kind
    self.who = who
    self.detail = detail
  }

  package var description: String { "\(who): \(kind.rawValue): \(detail)" }
}
