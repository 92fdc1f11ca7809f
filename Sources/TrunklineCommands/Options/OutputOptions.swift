import ArgumentParser
import FoundationEssentials

/// In which form a command prints its result.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print JSON.")
  var json = false

  /// Prints `value` as JSON, or the text made from it.
  func print<Value: Encodable>(_ value: Value, text: (Value) -> String) throws {
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      StandardStreams.write(String(decoding: try encoder.encode(value), as: UTF8.self) + "\n")
    } else {
      let text = text(value)
      StandardStreams.write(text.isEmpty || text.hasSuffix("\n") ? text : text + "\n")
    }
  }
}
