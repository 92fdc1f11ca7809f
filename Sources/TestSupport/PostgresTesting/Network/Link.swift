import Foundation
import Glibc
import Synchronization

/// One proxied connection: two threads that carry bytes, one for each direction.
final class Link: Sendable {
  private let client: Int32
  private let server: Int32
  private let pumpsLeft = Mutex(2)

  init(client: Int32, server: Int32) {
    self.client = client
    self.server = server
  }

  /// Carries bytes until either side closes; then calls `ended`.
  func start(through valve: Valve, ended: @escaping @Sendable () -> Void) {
    for (from, to) in [(client, server), (server, client)] {
      Thread.detachNewThread {
        self.pump(from: from, to: to, through: valve)
        self.pumpEnded(ended)
      }
    }
  }

  /// Ends the connection; the client sees a reset, not an orderly end.
  func reset() {
    pumpsLeft.withLock { left in
      guard left > 0 else { return }  // the descriptors are closed already
      // Dissolving the association of a TCP socket sends a reset; shutdown would send an orderly end.
      var nowhere = sockaddr(sa_family: sa_family_t(AF_UNSPEC), sa_data: sockaddr().sa_data)
      _ = connect(client, &nowhere, socklen_t(MemoryLayout.size(ofValue: nowhere)))
      for descriptor in [client, server] { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }
  }

  private func pump(from: Int32, to: Int32, through valve: Valve) {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = recv(from, &buffer, buffer.count, 0)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      valve.waitUntilOpen()
      guard sendAll(buffer[..<count], to: to) else { break }
    }
    shutdown(to, Int32(SHUT_WR))
  }

  private func sendAll(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { bytes in
      var sent = 0
      while sent < bytes.count {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
        let count = send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        sent += count
      }
      return true
    }
  }

  private func pumpEnded(_ ended: () -> Void) {
    let last = pumpsLeft.withLock { left in
      left -= 1
      if left == 0 { [client, server].forEach { close($0) } }
      return left == 0
    }
    if last { ended() }
  }
}
