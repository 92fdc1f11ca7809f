import Foundation
import Glibc
import Synchronization

/// A listening socket on a free port of 127.0.0.1, with the thread that accepts.
final class Listener: Sendable {
  let port: Int
  /// Nil once closed: the number may belong to another file then, and must not be touched.
  private let descriptor: Mutex<Int32?>

  init() throws {
    let bound = try LoopbackSocket.bound()
    guard listen(bound.descriptor, 64) == 0 else {
      defer { close(bound.descriptor) }
      throw ClusterError("cannot listen: \(String(cString: strerror(errno)))")
    }
    port = bound.port
    descriptor = Mutex(bound.descriptor)
  }

  /// Hands every connection to `admit`, until `stop()`, or until `admit` returns false.
  func start(_ admit: @escaping @Sendable (Int32) -> Bool) {
    guard let listening = descriptor.withLock({ $0 }) else { return }
    Thread.detachNewThread {
      while true {
        let client = accept(listening, nil, nil)
        if client < 0, errno == EINTR || errno == ECONNABORTED { continue }
        guard client >= 0 else { break }
        guard admit(client) else {
          close(client)
          break
        }
      }
      self.descriptor.withLock { descriptor in
        close(listening)
        descriptor = nil
      }
    }
  }

  /// Refuses all further connections.
  func stop() {
    descriptor.withLock { descriptor in
      if let descriptor { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }
  }
}
