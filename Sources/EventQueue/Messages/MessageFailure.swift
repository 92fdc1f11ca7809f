/// Why a message failed, and what is to become of it.
struct MessageFailure: Sendable {
  var reason: String
  /// The time until it comes again; `nil`: the consumer's back-off.
  var delay: Duration?
  /// Whether another attempt cannot help.
  var isFinal = false

  private static let longestReason = 2_000

  /// Reads the error that a handler threw.
  ///
  /// - Throws: the error itself when it is to end the consumer.
  init(_ error: any Error, malformedPayloads: MalformedPayloadPolicy) throws {
    switch error {
    case let error as DeadLetter: self.init(reason: error.reason, isFinal: true)
    case let error as RetryLater: self.init(reason: error.reason, delay: error.delay)
    case let error as MalformedPayload:
      if case .stop = malformedPayloads { throw error }
      if case .deadLetter = malformedPayloads {
        self.init(reason: error.description, isFinal: true)
      } else {
        self.init(reason: error.description)
      }
    default: self.init(reason: "\(error)")
    }
  }

  init(reason: String, delay: Duration? = nil, isFinal: Bool = false) {
    self.reason = String(reason.prefix(Self.longestReason))
    self.delay = delay
    self.isFinal = isFinal
  }
}
