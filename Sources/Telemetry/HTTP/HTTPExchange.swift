/// The first line of a request; headers and bodies mean nothing here.
package struct HTTPRequestHead: Sendable, Equatable {
  package var method: String
  /// Without query.
  package var path: String

  /// What the bytes that came so far are.
  package enum Parsed: Sendable, Equatable {
    /// Not whole yet.
    case incomplete
    case request(HTTPRequestHead)
    /// Never a request.
    case malformed
  }

  /// No client of ours needs more.
  package static let longest = 8192

  package static func parse(_ bytes: [UInt8]) -> Parsed {
    guard let end = endOfHead(bytes) else { return bytes.count > longest ? .malformed : .incomplete }
    guard end <= longest, let line = bytes[..<end].split(separator: 0x0a, omittingEmptySubsequences: false).first else {
      return .malformed
    }
    let words = line.filter { $0 != 0x0d }.split(separator: 0x20, omittingEmptySubsequences: false)
    guard words.count == 3, words[2].starts(with: "HTTP/1.".utf8), words[1].first == 0x2f else { return .malformed }
    guard words.allSatisfy({ $0.allSatisfy { $0 > 0x20 && $0 < 0x7f } }), !words[0].isEmpty else { return .malformed }
    return .request(
      HTTPRequestHead(
        method: String(decoding: words[0], as: UTF8.self),
        path: String(decoding: words[1].prefix { $0 != UInt8(ascii: "?") }, as: UTF8.self)))
  }

  /// Position behind the empty line; lines may end with LF alone.
  private static func endOfHead(_ bytes: [UInt8]) -> Int? {
    var index = 0
    while let newline = bytes[index...].firstIndex(of: 0x0a) {
      let next = newline + 1
      if next < bytes.count, bytes[next] == 0x0a { return next + 1 }
      if next + 1 < bytes.count, bytes[next] == 0x0d, bytes[next + 1] == 0x0a { return next + 2 }
      index = next
    }
    return nil
  }
}

/// An answer; the connection is closed behind it.
package struct HTTPResponse: Sendable, Equatable {
  package var status: Int
  package var contentType: String
  package var body: String

  package init(_ status: Int, contentType: String = "text/plain; charset=utf-8", _ body: String) {
    self.status = status
    self.contentType = contentType
    self.body = body
  }

  /// - Parameter hasBody: false for the answer to HEAD.
  package func bytes(hasBody: Bool) -> [UInt8] {
    var head = "HTTP/1.1 \(status) \(Self.reason(status))\r\nContent-Type: \(contentType)\r\n"
    head += "Content-Length: \(body.utf8.count)\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
    if status == 405 { head += "Allow: GET, HEAD\r\n" }
    head += "Connection: close\r\n\r\n"
    return Array(head.utf8) + (hasBody ? Array(body.utf8) : [])
  }

  private static func reason(_ status: Int) -> String {
    switch status {
    case 200: "OK"
    case 400: "Bad Request"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 503: "Service Unavailable"
    default: "Internal Server Error"
    }
  }
}
