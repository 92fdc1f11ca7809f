import Foundation
import Glibc
import PostgresTesting
import Telemetry

/// A client that speaks as much HTTP as it is told to.
struct HTTPClient: ~Copyable {
  let descriptor: Int32

  /// Connects to a port of this machine.
  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { throw HTTPClientError(problem: String(cString: strerror(errno))) }
  }

  func send(_ text: String) {
    _ = text.withCString { Glibc.send(descriptor, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
  }

  /// Reads to the end of the connection, on a thread that may wait.
  func readAll() async -> String {
    let descriptor = descriptor
    return await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
          let count = recv(descriptor, &buffer, buffer.count, 0)
          if count < 0, errno == EINTR { continue }
          guard count > 0 else { return continuation.resume(returning: String(decoding: bytes, as: UTF8.self)) }
          bytes += buffer[..<count]
        }
      }
    }
  }

  deinit { close(descriptor) }
}

/// A client that cannot connect.
struct HTTPClientError: Error { let problem: String }

/// Status and body of the answer to a GET.
func get(_ path: String, port: Int) async throws -> (status: Int, body: String) {
  let client = try HTTPClient(port: port)
  client.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
  let text = await client.readAll()
  let status = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
  guard let end = text.firstRange(of: "\r\n\r\n") else { return (status, "") }
  return (status, String(text[end.upperBound...]))
}
