import CLibPQ

extension PostgresConnection {
  /// Connects and applies the session's settings, all within the time limit.
  ///
  /// - Throws: as ``connect(_:logger:)``.
  func open() async throws {
    try ConnectionString.validate(configuration.connectionString)
    let setup = try configuration.sessionSetup()
    do {
      let limit = try await establish()
      deadline = ContinuousClock.now + limit
      if let setup { _ = try await executeScript(setup) }
      deadline = nil
    } catch {
      release()
      throw error
    }
  }

  /// Tries the servers of the connection string one after another.
  ///
  /// libpq goes to the next server by itself when one refuses, but not when one never answers: that is left to the
  /// callers of its polling interface.
  ///
  /// - Returns: the time that is left.
  private func establish() async throws -> Duration {
    var parameters = [
      ("dbname", configuration.connectionString), ("fallback_application_name", configuration.applicationName),
      ("client_encoding", "UTF8"),
    ]
    var left = configuration.connectTimeout
    while true {
      let began = ContinuousClock.now
      let attempt = ConnectAttempt()
      do {
        let rest = try await run(attempt, parameters, limit: left)
        return rest
      } catch let silent as SilentServer {
        attempt.abandon()
        guard let next = silent.next else { throw connectTimedOut(silent.limit) }
        parameters.removeLast(parameters.count - 3)
        parameters += next.parameters
        left = left.map { $0 - (ContinuousClock.now - began) }
      } catch {
        attempt.abandon()
        throw error
      }
    }
  }

  /// A server did not answer within its share of the time.
  private struct SilentServer: Error {
    var next: HostList?
    var limit: Duration
  }

  private func run(
    _ attempt: ConnectAttempt, _ parameters: [(String, String)], limit: Duration?
  ) async throws -> Duration {
    let began = ContinuousClock.now
    // The options, host list included, are known only when libpq has started.
    guard try await attempt.start(parameters, until: began + (limit ?? .seconds(60))) else {
      throw SilentServer(next: nil, limit: limit ?? .seconds(60))
    }
    guard attempt.isUnderWay else { throw attempt.failure }
    let hosts = attempt.hosts
    // As in libpq, `connect_timeout` is for each server; the configuration's own limit is for all of them together.
    let perHost = limit.map { $0 / hosts.count } ?? attempt.connectTimeout ?? .seconds(15)
    var current = attempt.place
    var deadline = began + perHost
    var interest = SocketInterest.writable
    while true {
      let wake = try await SocketEvents.shared.wait(
        attempt.socket, for: interest, until: deadline, cancellable: true)
      guard wake == .ready, let status = try await attempt.poll(until: deadline) else {
        let next = hosts.remaining(afterHost: current.host, port: current.port)
        throw SilentServer(next: next, limit: limit ?? perHost)
      }
      switch status {
      case PGRES_POLLING_READING: interest = .readable
      case PGRES_POLLING_WRITING: interest = .writable
      case PGRES_POLLING_OK:
        try adopt(attempt)
        return max(deadline - .now, .seconds(1))
      default: throw attempt.failure
      }
      let now = attempt.place
      if now != current {
        current = now
        deadline = ContinuousClock.now + perHost
      }
    }
  }

  func connectTimedOut(_ limit: Duration? = nil) -> PostgresError {
    let limit = (limit ?? configuration.connectTimeout).map { " within \($0)" } ?? " in time"
    return PostgresError(
      .timedOut, "no connection\(limit)", hint: "check host, port and firewall, or raise connect_timeout")
  }
}
