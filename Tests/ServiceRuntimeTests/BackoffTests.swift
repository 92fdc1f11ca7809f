import ServiceRuntime
import Testing

@Suite struct BackoffTests {
  @Test func doublesUpToTheCapAndStartsAnew() {
    var backoff = Backoff(initial: .milliseconds(100), maximum: .seconds(1))
    for full in [100, 200, 400, 800, 1000, 1000] {
      let wait = backoff.failed()
      #expect(wait >= .milliseconds(full) / 2 && wait <= .milliseconds(full))
    }
    backoff.succeeded()
    #expect(backoff.failed() <= .milliseconds(100))
  }

  @Test func manyFailuresDoNotOverflow() {
    var backoff = Backoff()
    for _ in 0..<10_000 { #expect(backoff.failed() <= .seconds(30)) }
  }
}
