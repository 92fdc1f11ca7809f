import Glibc

/// What the kernel knows about this process.
enum ProcessMetrics {
  private static let start = wallClock()

  /// Memory, CPU time, open files and the time of the start, under the names that all Prometheus clients use.
  static func collect() -> [MetricFamily] {
    var families: [MetricFamily] = []
    var usage = rusage()
    if getrusage(RUSAGE_SELF.rawValue, &usage) == 0 {
      families.append(one(MetricCatalog.processCPU, seconds(usage.ru_utime) + seconds(usage.ru_stime)))
    }
    if let pages = residentPages() {
      families.append(one(MetricCatalog.processMemory, Double(pages * sysconf(Int32(_SC_PAGESIZE)))))
    }
    if let files = openFiles() { families.append(one(MetricCatalog.processFiles, Double(files))) }
    families.append(one(MetricCatalog.processStart, start))
    return families
  }

  /// To be called when the program starts.
  static func noteStart() { _ = start }

  private static func one(_ definition: MetricDefinition, _ value: Double) -> MetricFamily {
    var family = MetricFamily(definition)
    family.add(value)
    return family
  }

  private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

  private static func wallClock() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func residentPages() -> Int? {
    let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 128)
    let count = read(descriptor, &buffer, buffer.count)
    guard count > 0 else { return nil }
    let words = String(decoding: buffer[..<count], as: UTF8.self).split(separator: " ")
    return words.count > 1 ? Int(words[1]) : nil
  }

  private static func openFiles() -> Int? {
    guard let directory = opendir("/proc/self/fd") else { return nil }
    defer { closedir(directory) }
    var count = 0
    while let entry = readdir(directory) {
      if entry.pointee.d_name.0 != 0x2e { count += 1 }
    }
    return count - 1  // the directory itself is open, too
  }
}
