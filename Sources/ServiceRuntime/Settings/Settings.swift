import Configuration
import SystemPackage

/// Settings of a daemon: command-line flags over `TRUNKLINE_*` variables over a JSON file.
///
/// A key such as `ticker.period` is the flag `--ticker-period`'s value, the variable `TRUNKLINE_TICKER_PERIOD`, and
/// `{"ticker": {"period": ...}}` in the file.
public struct Settings: Sendable {
  private let reader: ConfigReader

  /// Reads the sources once; make a new value to read them again.
  /// - Parameters:
  ///   - flags: values given on the command line, by key.
  ///   - environment: the process's variables; only those that start with `TRUNKLINE_` count.
  ///   - file: path of a JSON file; without it there is none.
  /// - Throws: `SettingError` when the file cannot be read.
  public init(flags: [String: String] = [:], environment: [String: String] = [:], file: String? = nil) async throws {
    let flagVariables = Dictionary(
      flags.map { ($0.key.replacing(".", with: "_").replacing("-", with: "_").uppercased(), $0.value) }
    ) { $1 }
    var providers: [any ConfigProvider] = [
      EnvironmentVariablesProvider(environmentVariables: flagVariables),
      EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "trunkline"),
    ]
    if let file {
      do {
        providers.append(try await FileProvider<JSONSnapshot>(filePath: FilePath(file)))
      } catch {
        throw SettingError(key: "config", problem: "cannot read \(file): \(error)")
      }
    }
    reader = ConfigReader(providers: providers)
  }

  /// The text of a setting wherever it is set; nil when it is not.
  public func text(_ key: String) -> String? {
    let key = ConfigKey(key)
    return reader.string(forKey: key) ?? reader.int(forKey: key).map { String($0) }
      ?? reader.double(forKey: key).map { String($0) } ?? reader.bool(forKey: key).map { String($0) }
  }

  /// The elements of a list: a JSON array, or text with commas.
  public func list(_ key: String) -> [String] {
    reader.stringArray(forKey: ConfigKey(key)) ?? text(key).map { $0.split(separator: ",").map(String.init) } ?? []
  }

  /// A whole number.
  /// - Throws: `SettingError` when it is something else or out of range.
  public func int(_ key: String, default fallback: Int, in range: ClosedRange<Int> = 0...Int.max) throws -> Int {
    guard let text = text(key) else { return fallback }
    guard let value = Int(text), range.contains(value) else {
      let limits =
        range.upperBound == Int.max ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
      throw SettingError(key: key, problem: "'\(text)' is not a whole number (\(limits))")
    }
    return value
  }

  /// True or false: also 1/0, yes/no, on/off.
  /// - Throws: `SettingError` when it is something else.
  public func bool(_ key: String, default fallback: Bool) throws -> Bool {
    guard let text = text(key) else { return fallback }
    switch text.lowercased() {
    case "true", "1", "yes", "on": return true
    case "false", "0", "no", "off": return false
    default: throw SettingError(key: key, problem: "'\(text)' is neither true nor false")
    }
  }

  /// A duration such as `250ms`, `2s`, `1.5min`, `1h`; a plain number is seconds.
  /// - Throws: `SettingError` when it is something else.
  public func duration(_ key: String, default fallback: Duration) throws -> Duration {
    guard let text = text(key) else { return fallback }
    guard let value = Duration(parsing: text) else {
      throw SettingError(key: key, problem: "'\(text)' is not a duration (examples: 250ms, 2s, 1min, 1h)")
    }
    return value
  }
}

/// A setting that cannot be used.
public struct SettingError: Error, Sendable, CustomStringConvertible {
  /// The setting's key.
  public let key: String
  /// What is wrong with it and what is right.
  public let problem: String

  /// An error about `key`.
  public init(key: String, problem: String) {
    self.key = key
    self.problem = problem
  }

  /// Names the key and the problem.
  public var description: String { "setting \(key): \(problem)" }
}
