import PostgresTesting
import Synchronization
import Telemetry
import Testing

/// The HTTP server against good and bad clients.
@Suite struct HTTPListenerTests {
  /// Runs a listener that answers with the path while `body` runs.
  private func withListener(
    _ limits: HTTPListener.Limits = .init(),
    handler: @escaping HTTPListener.Handler = { HTTPResponse(200, "you asked for \($0)") },
    _ body: (_ port: Int) async throws -> Void
  ) async throws {
    let listener = try HTTPListener(ListenAddress(port: 0), limits: limits, handler: handler)
    let running = Task { await listener.run() }
    do {
      try await body(listener.address.port)
      running.cancel()
      await running.value
    } catch {
      running.cancel()
      await running.value
      throw error
    }
  }

  @Test func curlIsAnswered() async throws {
    try await withListener { port in
      let output = try await Program(["curl", "-sSi", "http://127.0.0.1:\(port)/metrics?x=1"]).runChecked()
      #expect(output.standardOutput.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(output.standardOutput.hasSuffix("you asked for /metrics"))
      let head = try await Program(["curl", "-sSI", "http://127.0.0.1:\(port)/"]).runChecked()
      #expect(head.standardOutput.hasPrefix("HTTP/1.1 200 OK\r\n"))
      let post = try await Program(["curl", "-sSi", "-d", "x", "http://127.0.0.1:\(port)/"]).runChecked()
      #expect(post.standardOutput.hasPrefix("HTTP/1.1 405"))
    }
  }

  @Test func aRequestInPiecesIsAnswered() async throws {
    try await withListener { port in
      let client = try HTTPClient(port: port)
      for piece in ["GE", "T /a", "bc HTTP/1.1\r", "\nHost: x\r\n", "\r\n"] {
        client.send(piece)
        await Task.yield()
      }
      #expect(await client.readAll().hasSuffix("you asked for /abc"))
    }
  }

  @Test func garbageIsRefused() async throws {
    try await withListener { port in
      let client = try HTTPClient(port: port)
      client.send("\u{16}\u{3}\u{1} hello\r\n\r\n")
      #expect(await client.readAll().hasPrefix("HTTP/1.1 400 "))
      let long = try HTTPClient(port: port)
      for _ in 0..<20 { long.send(String(repeating: "a", count: 1000)) }
      #expect(await long.readAll().hasPrefix("HTTP/1.1 400 "))
    }
  }

  /// Clients that say nothing take all places, but not for long.
  @Test func silentClientsDoNotKeepOthersOut() async throws {
    var limits = HTTPListener.Limits()
    limits.connections = 4
    limits.transfer = .milliseconds(300)
    try await withListener(limits) { port in
      let silent = try HTTPClients(30, port: port)
      let begin = ContinuousClock.now
      let body = try await get("/x", port: port).body
      #expect(body == "you asked for /x")
      // 30 clients in rounds of 4 wait in front
      #expect(ContinuousClock.now - begin < .seconds(20))
      withExtendedLifetime(silent) {}
    }
  }

  /// A client that does not take its answer is dropped.
  @Test func aClientThatDoesNotReadIsDropped() async throws {
    var limits = HTTPListener.Limits()
    limits.connections = 1
    limits.transfer = .milliseconds(300)
    let large = String(repeating: "x", count: 20_000_000)
    try await withListener(limits, handler: { HTTPResponse(200, $0 == "/large" ? large : "small") }) { port in
      let lazy = try HTTPClient(port: port)
      lazy.send("GET /large HTTP/1.1\r\n\r\n")
      let answer2 = try await get("/", port: port).body
      #expect(answer2 == "small")
      withExtendedLifetime(lazy.descriptor) {}
    }
  }

  @Test func aLargeAnswerArrivesWhole() async throws {
    let large = String(repeating: "x", count: 20_000_000)
    try await withListener(handler: { _ in HTTPResponse(200, large) }) { port in
      let answer3 = try await get("/", port: port).body.utf8.count
      #expect(answer3 == large.utf8.count)
    }
  }

  @Test func anAnswerThatIsNeverMadeIsGivenUp() async throws {
    var limits = HTTPListener.Limits()
    limits.answer = .milliseconds(200)
    try await withListener(
      limits,
      handler: { path in
        if path == "/slow" { try? await Task.sleep(for: .seconds(30)) }
        return HTTPResponse(200, "late")
      }
    ) { port in
      let answer4 = try await get("/slow", port: port).status
      #expect(answer4 == 0)
      let answer5 = try await get("/quick", port: port).status
      #expect(answer5 == 200)
    }
  }

  @Test func anAddressInUseIsAnError() throws {
    let first = try HTTPListener(ListenAddress(port: 0)) { _ in HTTPResponse(200, "") }
    #expect(throws: ListenError.self) { try HTTPListener(first.address) { _ in HTTPResponse(200, "") } }
    #expect(throws: ListenError.self) {
      try HTTPListener(ListenAddress(host: "no-such-host.invalid", port: 0)) { _ in HTTPResponse(200, "") }
    }
  }
}

/// Clients that say nothing.
private final class HTTPClients {
  private let clients: [Box]

  init(_ count: Int, port: Int) throws { clients = try (0..<count).map { _ in Box(try HTTPClient(port: port)) } }

  private final class Box {
    let client: HTTPClient
    init(_ client: consuming HTTPClient) { self.client = client }
  }
}
