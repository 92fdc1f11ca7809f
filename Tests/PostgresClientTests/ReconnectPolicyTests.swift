import Testing

@testable import PostgresClient

@Suite struct ReconnectPolicyTests {
  let policy = ReconnectPolicy(initialDelay: .milliseconds(100), maximumDelay: .seconds(5))

  @Test(arguments: [(1, 100), (2, 200), (3, 400), (6, 3200), (7, 5000), (8, 5000), (1_000_000, 5000)])
  func waitsDoubleUpToTheLimit(failures: Int, milliseconds: Int) {
    #expect(policy.delay(afterFailures: failures, random: 0) == .milliseconds(milliseconds))
  }

  @Test func chanceShortensByAQuarterAtMost() {
    for failures in 1..<20 {
      let full = policy.delay(afterFailures: failures, random: 0)
      let delay = policy.delay(afterFailures: failures)
      #expect(delay <= full && delay >= full * 0.75)
    }
  }

  @Test(arguments: [-1, 0]) func noFailureIsTakenAsOne(failures: Int) {
    #expect(policy.delay(afterFailures: failures, random: 0) == .milliseconds(100))
  }
}
