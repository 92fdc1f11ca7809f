import Glibc

/// This process in words that help to find it: host and process id.
package func processDescription() -> String {
  var name = [CChar](repeating: 0, count: 256)
  let host =
    gethostname(&name, name.count - 1) == 0
    ? name.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { String(cString: $0) }
    } : nil
  return "\(host ?? "unknown host") pid \(getpid())"
}

/// The same with something that no other worker has, for one start of a worker.
package func workerDescription() -> String {
  "\(processDescription()) worker \(String(UInt32.random(in: .min ... .max), radix: 16))"
}
