package import FoundationEssentials

/// Reads a JSON payload.
///
/// - Throws: ``MalformedPayload``.
package func decodePayload<Value: Decodable>(
  _ payload: String?, as type: Value.Type, using decoder: JSONDecoder, queue: String, eventID: Int64, eventType: String?
) throws -> Value {
  func malformed(_ reason: String) -> MalformedPayload {
    MalformedPayload(queue: queue, eventID: eventID, type: eventType, reason: "\(Value.self) expected, \(reason)")
  }
  guard let payload else { throw malformed("the payload is null") }
  do {
    return try decoder.decode(Value.self, from: Data(payload.utf8))
  } catch let error as DecodingError {
    throw malformed(place(of: error))
  } catch {
    throw malformed("it is no JSON")
  }
}

/// What is wrong, without the values.
private func place(of error: DecodingError) -> String {
  func path(_ context: DecodingError.Context) -> String {
    let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    return path.isEmpty ? "the top" : path
  }
  switch error {
  case .keyNotFound(let key, let context): return "no value for \"\(key.stringValue)\" at \(path(context))"
  case .typeMismatch(let type, let context): return "no \(type) at \(path(context))"
  case .valueNotFound(let type, let context): return "null instead of \(type) at \(path(context))"
  case .dataCorrupted(let context): return "unreadable at \(path(context))"
  @unknown default: return "unreadable"
  }
}
