import Glibc

/// Free TCP ports of 127.0.0.1.
enum FreePort {
  /// A port that was free a moment ago.
  static func find() throws -> Int {
    let (descriptor, port) = try LoopbackSocket.bound()
    close(descriptor)
    return port
  }
}
