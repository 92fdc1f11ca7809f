import Testing

@testable import Telemetry

@Suite struct HTTPRequestTests {
  @Test(
    arguments: [
      ("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", .request(HTTPRequestHead(method: "GET", path: "/metrics"))),
      ("HEAD /healthz?x=1 HTTP/1.0\n\n", .request(HTTPRequestHead(method: "HEAD", path: "/healthz"))),
      ("GET /metrics HTTP/1.1\r\nHost: x\r\n", .incomplete), ("", .incomplete), ("\n\n", .malformed),
      ("GET / HTTP/2.0\r\n\r\n", .malformed), ("GET metrics HTTP/1.1\r\n\r\n", .malformed),
      ("GET /a b HTTP/1.1\r\n\r\n", .malformed), ("\u{16}\u{3}\u{1}\r\n\r\n", .malformed),
      ("GET /\u{7f} HTTP/1.1\r\n\r\n", .malformed),
    ] as [(String, HTTPRequestHead.Parsed)])
  func heads(text: String, parsed: HTTPRequestHead.Parsed) {
    #expect(HTTPRequestHead.parse(Array(text.utf8)) == parsed)
  }

  @Test func everyPrefixIsIncomplete() {
    let bytes = Array("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
    for length in 0..<bytes.count { #expect(HTTPRequestHead.parse(Array(bytes[..<length])) == .incomplete) }
  }

  @Test func aHeadWithoutEndIsRefused() {
    #expect(HTTPRequestHead.parse(Array(repeating: 0x61, count: 8193)) == .malformed)
    let long = Array("GET / HTTP/1.1\r\nX: ".utf8) + Array(repeating: 0x61, count: 9000) + Array("\r\n\r\n".utf8)
    #expect(HTTPRequestHead.parse(long) == .malformed)
  }

  @Test func answersCarryTheirLength() {
    let response = HTTPResponse(200, "äb")
    let text = String(decoding: response.bytes(hasBody: true), as: UTF8.self)
    #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n") && text.contains("Content-Length: 3\r\n"))
    #expect(text.hasSuffix("\r\n\r\näb"))
    #expect(String(decoding: response.bytes(hasBody: false), as: UTF8.self).hasSuffix("\r\n\r\n"))
  }

  @Test(
    arguments: [
      ("9187", "127.0.0.1:9187"), ("0", "127.0.0.1:0"), (":9187", "127.0.0.1:9187"), ("0.0.0.0:80", "0.0.0.0:80"),
      ("[::1]:9187", "[::1]:9187"), ("db1:9187", "db1:9187"), ("::1:9187", nil), ("65536", nil), ("x", nil), ("", nil),
      ("a:", nil), ("[]:1", nil), ("+1", nil),
    ] as [(String, String?)])
  func addresses(text: String, meaning: String?) { #expect(ListenAddress(text)?.description == meaning) }
}
