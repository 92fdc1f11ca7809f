import StatusModel
import Testing

@Suite struct ReadableTextTests {
  @Test(
    arguments: [
      (0.004, "4 ms"), (1, "1 s"), (59.4, "59 s"), (61, "1 min 1 s"), (3599, "59 min"), (11_520, "3 h 12 min"),
      (90_000, "1 d 1 h"), (-5, "-5 s"), (.infinity, "ever"),
    ] as [(Double, String)])
  func times(seconds: Double, text: String) { #expect(ReadableText.time(seconds) == text) }

  @Test(
    arguments: [
      (0, "0 B"), (1023, "1023 B"), (8192, "8.0 kB"), (1_503_238_553, "1.4 GB"), (1 << 50, "1024 TB"),
    ] as [(Int64, String)])
  func sizes(bytes: Int64, text: String) { #expect(ReadableText.bytes(bytes) == text) }

  @Test func counts() {
    #expect(ReadableText.count(1_234_567) == "1,234,567")
    #expect(ReadableText.count(-1000) == "-1,000")
    #expect(ReadableText.count(1, "event") == "1 event" && ReadableText.count(0, "event") == "0 events")
  }
}
