import Glibc

/// Sockets of this machine, as plain descriptors that children do not inherit.
enum LoopbackSocket {
  /// A TCP socket bound to a free port of 127.0.0.1.
  static func bound() throws -> (descriptor: Int32, port: Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw failure("make a socket") }
    var address = ipv4(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(descriptor, pointer, length) == 0 ? getsockname(descriptor, pointer, &length) : -1
      }
    }
    guard status == 0 else {
      defer { close(descriptor) }
      throw failure("bind to 127.0.0.1")
    }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
  }

  /// A stream connected to 127.0.0.1:`port`.
  static func connected(port: Int) throws -> Int32 {
    var address = ipv4(port: UInt16(truncatingIfNeeded: port))
    return try connected(family: AF_INET, &address)
  }

  /// A stream connected to the Unix socket at `path`.
  static func connected(path: String) throws -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8.prefix(MemoryLayout.size(ofValue: address.sun_path) - 1))
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    return try connected(family: AF_UNIX, &address)
  }

  private static func connected<Address>(family: Int32, _ address: inout Address) throws -> Int32 {
    let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw failure("make a socket") }
    let status = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
      }
    }
    guard status == 0 else {
      defer { close(descriptor) }
      throw failure("connect")
    }
    return descriptor
  }

  private static func ipv4(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return address
  }

  private static func failure(_ what: String) -> ClusterError {
    ClusterError("cannot \(what): \(String(cString: strerror(errno)))")
  }
}
