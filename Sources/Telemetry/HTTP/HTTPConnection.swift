import Glibc

/// One client: first its request comes, then its answer is made, then that is sent.
struct HTTPConnection {
  enum Step {
    case request(HTTPRequestHead)
    case malformed
  }

  private enum State {
    case receiving([UInt8])
    case waiting
    case sending(ArraySlice<UInt8>)
    /// The answer is sent; what the client still sends is read, or the system would reset the connection.
    case draining
    case done
  }

  let id: UInt64
  let descriptor: Int32
  var deadline: ContinuousClock.Instant
  private var state = State.receiving([])

  init(_ id: UInt64, _ descriptor: Int32, deadline: ContinuousClock.Instant) {
    self.id = id
    self.descriptor = descriptor
    self.deadline = deadline
  }

  var isDone: Bool { if case .done = state { true } else { false } }

  /// What `poll` is to wait for.
  var awaited: Int16 {
    switch state {
    case .receiving, .draining: Int16(POLLIN)
    case .sending: Int16(POLLOUT)
    case .waiting, .done: 0
    }
  }

  /// Begins to send an answer, unless one is being sent.
  mutating func answer(_ bytes: [UInt8], _ deadline: ContinuousClock.Instant) {
    switch state {
    case .receiving, .waiting:
      state = .sending(bytes[...])
      self.deadline = deadline
    case .sending, .draining, .done: return
    }
  }

  /// Moves what can be moved without waiting.
  mutating func transfer() -> Step? {
    switch state {
    case .receiving(let old): return receive(old)
    case .sending(let rest): send(rest)
    case .draining:
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) { state = .done }
    case .waiting: state = .done  // the client went away
    case .done: break
    }
    return nil
  }

  func close() { Glibc.close(descriptor) }

  private mutating func receive(_ old: [UInt8]) -> Step? {
    var buffer = [UInt8](repeating: 0, count: HTTPRequestHead.longest)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    guard count > 0 else {
      if count == 0 || (errno != EAGAIN && errno != EINTR) { state = .done }
      return nil
    }
    let bytes = old + buffer[..<count]
    switch HTTPRequestHead.parse(bytes) {
    case .incomplete:
      state = .receiving(bytes)
      return nil
    case .malformed: return .malformed
    case .request(let request):
      state = .waiting
      return .request(request)
    }
  }

  private mutating func send(_ rest: ArraySlice<UInt8>) {
    let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    guard count >= 0 else {
      if errno != EAGAIN, errno != EINTR { state = .done }
      return
    }
    let left = rest.dropFirst(count)
    guard left.isEmpty else { return state = .sending(left) }
    shutdown(descriptor, Int32(SHUT_WR))
    state = .draining
  }
}
