/// What `trunkline queue send` has committed.
struct SendResult: Encodable, Sendable {
  var queue: String
  /// Events accepted, those included that were there already by their deduplication key.
  var events = 0
  /// The lowest and the highest id of these.
  var firstID: Int64?
  var lastID: Int64?
  /// The record at which it stopped, counted from 1.
  var failedRecord: Int?

  init(queue: String) { self.queue = queue }

  mutating func add(_ ids: [Int64]) {
    events += ids.count
    firstID = [firstID, ids.min()].compactMap { $0 }.min()
    lastID = [lastID, ids.max()].compactMap { $0 }.max()
  }

  var text: String {
    guard let firstID, let lastID else { return "queue \"\(queue)\": no events\n" }
    return events == 1
      ? "queue \"\(queue)\": event \(firstID)\n" : "queue \"\(queue)\": \(events) events, ids \(firstID) to \(lastID)\n"
  }
}
