import Glibc

/// Standard output and error, written at once and in whole texts.
enum StandardStreams {
  static func write(_ text: String) { write(text, to: STDOUT_FILENO) }

  static func writeError(_ text: String) { write(text, to: STDERR_FILENO) }

  static func writeError(_ bytes: [UInt8]) { _ = write(bytes[...], to: STDERR_FILENO) }

  /// Writes, and makes sure that what goes into a file is on the disk.
  ///
  /// - Throws: `CommandError`: nobody reads any more, the disk is full.
  static func writeDurably(_ text: String) throws(CommandError) {
    var info = stat()
    var problem = write(Array(text.utf8)[...], to: STDOUT_FILENO)
    if problem == nil, fstat(STDOUT_FILENO, &info) == 0, info.st_mode & S_IFMT == S_IFREG, fdatasync(STDOUT_FILENO) != 0
    {
      problem = errno
    }
    guard let problem else { return }
    throw CommandError("standard output: \(String(cString: strerror(problem)))")
  }

  private static func write(_ text: String, to descriptor: Int32) { _ = write(Array(text.utf8)[...], to: descriptor) }

  /// Returns the error number; nil when everything was written.
  private static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Int32? {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return errno }
      rest = rest.dropFirst(count)
    }
    return nil
  }
}

/// Ends the process.
func exitProcess(_ status: Int32) -> Never { exit(status) }
