import Glibc

/// A file that holds the process id of a daemon, locked as long as the daemon lives.
///
/// The lock decides, not the number: a file left by a dead daemon is simply taken over.
public final class PIDFile: Sendable {
  /// Where the file is.
  public let path: String
  private let descriptor: Int32

  /// Creates or takes over the file and writes our process id.
  /// - Throws: `PIDFileError` when another process holds it or it cannot be written.
  public init(path: String) throws(PIDFileError) {
    self.path = path
    while true {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else { throw PIDFileError(path: path, problem: String(cString: strerror(errno))) }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        let holder = Self.read(descriptor)
        close(descriptor)
        throw PIDFileError(
          path: path, problem: "held by the running process \(holder.map(String.init) ?? "of unknown id")")
      }
      // The file may have been removed by its last owner between our open and our lock.
      guard Self.isStillAt(path, descriptor) else {
        close(descriptor)
        continue
      }
      let text = "\(getpid())\n"
      guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.utf8.count, 0) == text.utf8.count else {
        let problem = String(cString: strerror(errno))
        close(descriptor)
        throw PIDFileError(path: path, problem: problem)
      }
      self.descriptor = descriptor
      return
    }
  }

  /// Process id of the daemon that holds the file at `path`; nil when none does.
  public static func holder(of path: String) -> Int32? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else { return nil }
    return read(descriptor)
  }

  deinit {
    unlink(path)
    close(descriptor)
  }

  private static func read(_ descriptor: Int32) -> Int32? {
    var buffer = [UInt8](repeating: 0, count: 32)
    let count = pread(descriptor, &buffer, buffer.count, 0)
    guard count > 0 else { return nil }
    return Int32(String(decoding: buffer[..<count].prefix { $0 != 0x0a }, as: UTF8.self))
  }

  private static func isStillAt(_ path: String, _ descriptor: Int32) -> Bool {
    var (named, opened) = (stat(), stat())
    return stat(path, &named) == 0 && fstat(descriptor, &opened) == 0
      && named.st_ino == opened.st_ino && named.st_dev == opened.st_dev
  }
}

/// A pid file that cannot be had.
public struct PIDFileError: Error, Sendable, CustomStringConvertible {
  /// Where the file is.
  public let path: String
  /// Why it cannot be had.
  public let problem: String

  /// One sentence with both.
  public var description: String { "pid file \(path): \(problem)" }
}
