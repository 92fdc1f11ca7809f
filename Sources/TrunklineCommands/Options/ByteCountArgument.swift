import ArgumentParser

/// A number of bytes on the command line: `65536`, `64kB`, `10MB`, `1.5GB`; the units are powers of 1024.
struct ByteCountArgument: ExpressibleByArgument, Sendable {
  let bytes: Int64

  init?(argument: String) {
    let units: [(String, Double)] = [("kB", 1024), ("MB", 1_048_576), ("GB", 1_073_741_824), ("B", 1), ("", 1)]
    guard let (unit, factor) = units.first(where: { argument.lowercased().hasSuffix($0.0.lowercased()) }),
      let number = Double(argument.dropLast(unit.count)), number > 0, number * factor >= 1, number * factor < 1e18
    else { return nil }
    bytes = Int64(number * factor)
  }
}
