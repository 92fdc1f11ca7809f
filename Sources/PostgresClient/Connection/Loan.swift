/// The stream or COPY that has the connection, and whether somebody is just taking from it or putting into it.
struct Loan {
  /// Counts loans, so that readers and writers that escaped their closure are refused.
  private(set) var number = 0
  private(set) var isOpen = false
  private(set) var isStepping = false
  /// Rows or bytes were read to their end, or an error ended them.
  var isAtEnd = false
  /// The server's error that ended the COPY, for closures that swallow it.
  var failure: PostgresError?

  /// Starts a loan; its number.
  mutating func start() -> Int {
    number += 1
    isOpen = true
    isAtEnd = false
    failure = nil
    return number
  }

  mutating func end() { isOpen = false }

  /// Somebody takes or puts.
  ///
  /// - Throws: `misuse` when the loan is over, or for two at once.
  mutating func beginStep(_ number: Int) throws {
    guard isOpen, number == self.number else {
      throw PostgresError(.misuse, "a stream or COPY was used after the closure that it was lent to")
    }
    guard !isStepping else {
      throw PostgresError(.misuse, "a stream or COPY was used by two tasks at once")
    }
    isStepping = true
  }

  mutating func endStep() { isStepping = false }
}
