import Testing

@testable import EventQueue

@Suite struct MessageFailureTests {
  private struct Refused: Error, CustomStringConvertible { var description: String { "refused" } }

  private let malformed = MalformedPayload(queue: "q", eventID: 7, type: "order", reason: "Int expected")

  @Test func errorsSayWhatBecomesOfTheMessage() throws {
    let usual = try MessageFailure(Refused(), malformedPayloads: .stop)
    #expect(usual.reason == "refused" && usual.delay == nil && !usual.isFinal)
    let later = try MessageFailure(RetryLater("busy", after: .seconds(90)), malformedPayloads: .stop)
    #expect(later.reason == "busy" && later.delay == .seconds(90) && !later.isFinal)
    let dead = try MessageFailure(DeadLetter("no such customer"), malformedPayloads: .stop)
    #expect(dead.reason == "no such customer" && dead.isFinal)
  }

  @Test func malformedPayloadsAreTreatedAsConfigured() throws {
    #expect(throws: MalformedPayload.self) { try MessageFailure(malformed, malformedPayloads: .stop) }
    #expect(try !MessageFailure(malformed, malformedPayloads: .retry).isFinal)
    let dead = try MessageFailure(malformed, malformedPayloads: .deadLetter)
    #expect(dead.isFinal)
    #expect(
      dead.reason == "event 7 of queue \"q\", type \"order\", has a payload that cannot be read: Int expected")
  }

  @Test func reasonsAreShortened() throws {
    let text = String(repeating: "x", count: 10_000)
    #expect(try MessageFailure(DeadLetter(text), malformedPayloads: .stop).reason.count == 2_000)
  }
}
