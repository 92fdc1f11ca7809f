/// What a command did with one thing, for printing.
struct ActionResult: Encodable {
  var queue: String
  var consumer: String?
  var result: String

  /// One line each.
  static func lines(_ results: [ActionResult]) -> String {
    results.map { one in
      one.consumer.map { "consumer \"\($0)\" of queue \"\(one.queue)\": \(one.result)\n" }
        ?? "queue \"\(one.queue)\": \(one.result)\n"
    }.joined()
  }
}
