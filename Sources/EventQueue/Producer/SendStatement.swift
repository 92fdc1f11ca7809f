import EventFormats
import FoundationEssentials
package import PostgresClient

/// Events that one call of `trunkline.send()` can send: they share all but payload, key and deduplication key.
package struct SendStatement: Sendable, Equatable {
  package private(set) var events: [OutgoingEvent] = []
  private var size = 0

  /// Divides events, in their order, into as few calls as possible, none with more events or bytes than allowed (but one
  /// event at least).
  package static func divide(
    _ events: some Sequence<OutgoingEvent>, maximumEvents: Int, maximumBytes: Int
  ) -> [SendStatement] {
    var statements: [SendStatement] = []
    var current = SendStatement()
    for event in events {
      let isFull = current.events.count >= max(1, maximumEvents) || current.size + event.size > maximumBytes
      if let first = current.events.first, isFull || !first.canTravel(with: event) {
        statements.append(current)
        current = SendStatement()
      }
      current.events.append(event)
      current.size += event.size
    }
    if !current.events.isEmpty { statements.append(current) }
    return statements
  }

  /// Returns one id for each event, in their order.
  package func query(queue: String) -> PostgresQuery {
    guard let first = events.first else { return "select 1 where false" }
    let headers = first.headersText
    if events.count == 1, first.delivery == .now, first.deduplication == nil {
      return PostgresQuery(
        "select trunkline.send($1, $2::text, $3, $4, $5::jsonb)",
        [queue, first.payload, first.type, first.key, headers]
      ).prepared()
    }
    let hasKeys = events.contains { $0.key != nil }
    let hasDeduplication = first.deduplication != nil
    let delay: String? = if case .after(let time) = first.delivery { time.intervalText } else { nil }
    let time: Double? = if case .at(let date) = first.delivery { date.timeIntervalSince1970 } else { nil }
    return PostgresQuery(
      """
      select * from unnest(trunkline.send($1, $2::text[], $3, $4::text[], $5::jsonb, $6::interval,
                                          to_timestamp($7), $8::text[], $9::interval))
      """,
      [
        queue, events.map(\.payload), first.type, hasKeys ? events.map(\.key) : nil, headers, delay, time,
        hasDeduplication ? events.map { $0.deduplication?.key } : nil,
        first.deduplication.map(\.window.intervalText) ?? "1 day",
      ]
    ).prepared()
  }
}

extension OutgoingEvent {
  fileprivate func canTravel(with other: OutgoingEvent) -> Bool {
    type == other.type && headers == other.headers && delivery == other.delivery
      && (deduplication == nil) == (other.deduplication == nil) && deduplication?.window == other.deduplication?.window
  }

  /// The headers as JSON; `nil` when there are none.
  package var headersText: String? {
    guard !headers.isEmpty else { return nil }
    let members = headers.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .string($0.value)) }
    return JSONValue.object(members).text
  }
}

extension Duration {
  /// As PostgreSQL reads an interval; times that are beyond what it knows become its longest.
  fileprivate var intervalText: String {
    let (seconds, attoseconds) = components
    let most: Int64 = 9_000_000_000_000
    return "\(min(max(seconds, -most), most)) seconds \(attoseconds / 1_000_000_000_000) microseconds"
  }
}
