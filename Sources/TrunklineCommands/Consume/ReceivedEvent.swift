/// An event that was handed out.
struct ReceivedEvent: Sendable {
  var id: Int64
  var type: String?
  var payload: String?
  var key: String?
  var headers: String?
  /// 1 for the first delivery.
  var attempt: Int
  /// When it was sent, in ISO 8601.
  var sentAt: String
  var extra1: String?
  var extra2: String?

  /// This delivery attempt of this event, also when it is handed out again under another receipt.
  var identity: Identity { Identity(id: id, attempt: attempt) }

  struct Identity: Hashable, Sendable {
    var id: Int64
    var attempt: Int
  }
}

/// What was handed out under one receipt, in order.
struct Delivery: Sendable {
  var receipt: Int64
  var events: [ReceivedEvent]
}

/// What became of an event.
enum EventOutcome: Sendable, Equatable {
  case done
  /// To be delivered again; the delay is an interval in PostgreSQL's words, nil for the usual back-off.
  case retry(reason: String, delay: String? = nil)
  /// To be given up.
  case dead(reason: String)
}
