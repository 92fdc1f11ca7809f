import Testing

@testable import PostgresClient

@Suite struct LoanTests {
  @Test func onlyTheRunningLoanMayBeUsed() throws {
    var loan = Loan()
    #expect(throws: PostgresError.self) { try loan.beginStep(0) }
    let first = loan.start()
    try loan.beginStep(first)
    loan.endStep()
    loan.end()
    #expect(throws: PostgresError.self) { try loan.beginStep(first) }
    let second = loan.start()
    #expect(throws: PostgresError.self) { try loan.beginStep(first) }
    try loan.beginStep(second)
  }

  @Test func twoTasksAtOnceAreRefused() throws {
    var loan = Loan()
    let number = loan.start()
    try loan.beginStep(number)
    let error = try #require(throws: PostgresError.self) { try loan.beginStep(number) }
    #expect(error.code == .misuse)
    loan.endStep()
    try loan.beginStep(number)
  }

  @Test func everyLoanStartsAfresh() {
    var loan = Loan()
    _ = loan.start()
    loan.isAtEnd = true
    loan.failure = PostgresError(.server, "x")
    _ = loan.start()
    #expect(!loan.isAtEnd)
    #expect(loan.failure == nil)
  }
}
