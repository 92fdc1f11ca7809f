extension QueueEvent {
  /// The key that `trunkline.send` was given: events of one key are delivered in order to ordered consumers.
  public var key: String? { get throws { try extra4 } }

  /// The headers that `trunkline.send` was given, a JSON object.
  public var headers: String? { get throws { try extra3 } }
}
