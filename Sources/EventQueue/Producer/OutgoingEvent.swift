public import FoundationEssentials

/// An event to be sent.
public struct OutgoingEvent: Sendable, Hashable {
  /// When consumers get an event.
  public enum Delivery: Sendable, Hashable {
    /// As soon as the transaction that sends it is committed.
    case now
    /// Not before so much time has passed since it was sent; the resolution is a microsecond.
    case after(Duration)
    /// Not before this time.
    case at(Date)
  }

  /// Guards against sending the same event twice.
  public struct Deduplication: Sendable, Hashable {
    /// Of several events with one key only the first is sent.
    public var key: String
    /// How long the key counts: from the time of sending, of a delayed event from the time when it is due.
    public var window: Duration

    /// A key that counts for a day, if nothing else is said.
    public init(key: String, window: Duration = .seconds(86_400)) {
      self.key = key
      self.window = window
    }
  }

  /// The content; `nil` is SQL's NULL.
  public var payload: String?
  /// What kind of event it is.
  public var type: String?
  /// Events with one key are delivered in order to consumers that ask for that.
  public var key: String?
  /// More about the event, such as the trace it belongs to.
  public var headers: [String: String]
  /// When consumers get it.
  public var delivery: Delivery
  /// `nil`: it is sent in any case.
  public var deduplication: Deduplication?

  /// An event with text as its content.
  public init(
    payload: String?, type: String? = nil, key: String? = nil, headers: [String: String] = [:],
    delivery: Delivery = .now, deduplication: Deduplication? = nil
  ) {
    self.payload = payload
    self.type = type
    self.key = key
    self.headers = headers
    self.delivery = delivery
    self.deduplication = deduplication
  }

  /// An event with a value as its content, encoded as JSON.
  ///
  /// - Parameters:
  ///   - value: the content.
  ///   - type: what kind of event it is; the name of the value's Swift type without its module, if it is not given.
  ///   - key: see ``key``.
  ///   - headers: see ``headers``.
  ///   - delivery: see ``delivery``.
  ///   - deduplication: see ``deduplication``.
  ///   - encoder: encodes the value.
  /// - Throws: what the encoder throws.
  public init<Value: Encodable>(
    encoding value: Value, type: String? = nil, key: String? = nil, headers: [String: String] = [:],
    delivery: Delivery = .now, deduplication: Deduplication? = nil, encoder: JSONEncoder = .events
  ) throws {
    self.init(
      payload: String(decoding: try encoder.encode(value), as: UTF8.self), type: type ?? "\(Value.self)", key: key,
      headers: headers, delivery: delivery, deduplication: deduplication)
  }

  /// About how much memory the event takes.
  package var size: Int {
    let header = headers.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + 16 }
    return 96 + (payload?.utf8.count ?? 0) + (type?.utf8.count ?? 0) + (key?.utf8.count ?? 0) + header
      + (deduplication?.key.utf8.count ?? 0)
  }
}

extension JSONEncoder {
  /// The encoder of events, if no other is given: members in the order of their names, slashes as they are.
  public static var events: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }
}
