import Glibc

/// A TCP socket that listens.
enum ListeningSocket {
  /// Opens it, non-blocking.
  ///
  /// - Returns: the descriptor and the address with the port that it got.
  /// - Throws: ``ListenError``.
  static func open(_ wanted: ListenAddress) throws -> (Int32, ListenAddress) {
    func failure(_ problem: String = String(cString: strerror(errno))) -> ListenError {
      ListenError(address: wanted, problem: problem)
    }
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_PASSIVE
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(wanted.host, "\(wanted.port)", &hints, &list)
    guard status == 0, let first = list else { throw failure(String(cString: gai_strerror(status))) }
    defer { freeaddrinfo(first) }
    let descriptor = socket(
      first.pointee.ai_family,
      Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
    guard descriptor >= 0 else { throw failure() }
    var one: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
    guard bind(descriptor, first.pointee.ai_addr, first.pointee.ai_addrlen) == 0, listen(descriptor, 64) == 0 else {
      defer { close(descriptor) }
      throw failure()
    }
    return (descriptor, ListenAddress(host: wanted.host, port: port(of: descriptor) ?? wanted.port))
  }

  private static func port(of descriptor: Int32) -> Int? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { six in
        six.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) } == 0
          ? Int(UInt16(bigEndian: six.pointee.sin6_port)) : nil  // the port is at the same place for IPv4
      }
    }
  }
}

/// An address that cannot be listened on.
package struct ListenError: Error, Sendable, CustomStringConvertible {
  package let address: ListenAddress
  package let problem: String

  package var description: String { "cannot listen on \(address): \(problem)" }
}

/// A thread for work that waits.
enum PlainThread {
  private final class Work: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Starts a thread for `body`; runs it here when the system has none to give.
  static func start(_ body: @escaping @Sendable () -> Void) {
    let work = Unmanaged.passRetained(Work(body))
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
        return nil
      }, work.toOpaque())
    guard status == 0 else { return work.takeRetainedValue().body() }
    pthread_detach(thread)
  }
}
