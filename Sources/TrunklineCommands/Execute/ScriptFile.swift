import Foundation
import ServiceRuntime

/// Reads the text of a script.
enum ScriptFile {
  /// The text of a file, or of standard input for `-`.
  static func read(_ path: String) throws -> String {
    let data: Data
    do {
      data =
        path == "-"
        ? try FileHandle.standardInput.readToEnd() ?? Data() : try Data(contentsOf: URL(filePath: path))
    } catch {
      throw CommandError("cannot read \(path)", hint: "does the file exist, and may you read it?", exitCode: .usage)
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw CommandError("\(path) is not UTF-8", hint: "convert it: iconv -t UTF-8", exitCode: .badData)
    }
    return text
  }
}
