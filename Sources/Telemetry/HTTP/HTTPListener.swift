import CEpoll
import Glibc
import Synchronization

/// A small HTTP server for a handful of clients, on one thread of its own.
///
/// It cannot harm the program that it is part of: no more than a few connections are held at a time, the others wait in
/// the system's queue; each has a time limit for sending its request and for taking its answer; nothing that a client
/// sends is kept beyond 8 kB.
package final class HTTPListener: Sendable {
  /// Makes an answer to a path.
  package typealias Handler = @Sendable (_ path: String) async -> HTTPResponse

  /// Limits of one listener.
  package struct Limits: Sendable {
    /// Connections at a time.
    package var connections = 16
    /// For the request to come, and again for the answer to be taken.
    package var transfer = Duration.seconds(5)
    /// For the answer to be made.
    package var answer = Duration.seconds(20)

    package init() {}
  }

  /// Where it listens; with the port that the system chose.
  package let address: ListenAddress
  private let socket: Int32
  private let wakeUp: Int32
  private let limits: Limits
  private let handler: Handler
  private let inbox = Mutex(Inbox())

  private struct Inbox {
    var isStopped = false
    /// Answers that were made, by connection.
    var answers: [UInt64: [UInt8]] = [:]
  }

  /// Begins to listen; connections wait until ``run()``.
  ///
  /// - Throws: ``ListenError``.
  package init(_ wanted: ListenAddress, limits: Limits = Limits(), handler: @escaping Handler) throws {
    (socket, address) = try ListeningSocket.open(wanted)
    wakeUp = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
    guard wakeUp >= 0 else {
      close(socket)
      throw ListenError(address: wanted, problem: String(cString: strerror(errno)))
    }
    self.limits = limits
    self.handler = handler
  }

  deinit {
    close(socket)
    close(wakeUp)
  }

  /// Serves until the task is cancelled.
  package func run() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        PlainThread.start {
          self.loop()
          continuation.resume()
        }
      }
    } onCancel: {
      inbox.withLock { $0.isStopped = true }
      ring()
    }
  }

  // MARK: The thread

  private func loop() {
    var connections: [HTTPConnection] = []
    var nextID: UInt64 = 0
    while !inbox.withLock({ $0.isStopped }) {
      let mayAccept = connections.count < limits.connections
      var polled = [pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0)]
      polled.append(pollfd(fd: mayAccept ? socket : -1, events: Int16(POLLIN), revents: 0))
      polled += connections.map { pollfd(fd: $0.descriptor, events: $0.awaited, revents: 0) }
      let wait = connections.map(\.deadline).min().map { max(.zero, $0 - .now) }
      if poll(&polled, nfds_t(polled.count), wait.map { Int32(min(60_000, $0 / .milliseconds(1))) + 1 } ?? -1) < 0 {
        guard errno == EINTR || errno == ENOMEM else { break }
        continue
      }
      if polled[0].revents != 0 { drainBell() }
      for index in connections.indices { advance(&connections[index], isReady: polled[index + 2].revents != 0) }
      deliver(&connections)
      connections.removeAll { connection in
        guard connection.isDone || connection.deadline <= .now else { return false }
        connection.close()
        return true
      }
      if polled[1].revents != 0 {
        while connections.count < limits.connections, let descriptor = accepted() {
          nextID += 1
          connections.append(HTTPConnection(nextID, descriptor, deadline: .now + limits.transfer))
        }
      }
    }
    for connection in connections { connection.close() }
  }

  private func accepted() -> Int32? {
    let descriptor = accept(socket, nil, nil)
    guard descriptor >= 0 else { return nil }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    return descriptor
  }

  private func advance(_ connection: inout HTTPConnection, isReady: Bool) {
    guard isReady, let step = connection.transfer() else { return }
    switch step {
    case .request(let request):
      guard request.method == "GET" || request.method == "HEAD" else {
        return connection.answer(HTTPResponse(405, "only GET and HEAD\n").bytes(hasBody: true), .now + limits.transfer)
      }
      connection.deadline = .now + limits.answer
      let id = connection.id
      Task {
        let bytes = await handler(request.path).bytes(hasBody: request.method == "GET")
        inbox.withLock { $0.answers[id] = bytes }
        ring()
      }
    case .malformed:
      connection.answer(HTTPResponse(400, "no request\n").bytes(hasBody: true), .now + limits.transfer)
    }
  }

  /// Takes what handlers have made; what came too late for its connection is dropped.
  private func deliver(_ connections: inout [HTTPConnection]) {
    let answers = inbox.withLock { inbox in
      defer { inbox.answers = [:] }
      return inbox.answers
    }
    for index in connections.indices {
      if let bytes = answers[connections[index].id] { connections[index].answer(bytes, .now + limits.transfer) }
    }
  }

  private func ring() {
    var one: UInt64 = 1
    _ = write(wakeUp, &one, 8)
  }

  private func drainBell() {
    var count: UInt64 = 0
    _ = read(wakeUp, &count, 8)
  }
}
