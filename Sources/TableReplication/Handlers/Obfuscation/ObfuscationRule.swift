package import EventFormats

/// What becomes of a value.
package indirect enum ObfuscationRule: Sendable, Equatable {
  case keep
  /// The column, or member of an object, is left out.
  case skip
  /// Whether there is anything: true unless the text is empty.
  case bool
  /// Signed whole numbers of 32 and 64 bits.
  case hash32, hash64
  /// 128 bits in the form of a uuid, whose variant bit is 0: it can be none that anybody else made.
  case hash
  /// The value is JSON; each member of the object, or of each object of the array, has a rule. Others are left out.
  case nested([String: ObfuscationRule])

  /// The words of rules.
  package static let words: [String: ObfuscationRule] = [
    "keep": .keep, "skip": .skip, "bool": .bool, "hash32": .hash32, "hash64": .hash64, "hash": .hash,
  ]

  /// Reads a rule of a map.
  ///
  /// - Throws: ``HandlerError`` when it is none.
  package init(_ value: JSONValue, of place: String) throws(HandlerError) {
    switch value {
    case .string(let word):
      guard let rule = Self.words[word] else { throw Self.unknown(word, place) }
      self = rule
    case .object(let members):
      var rules: [String: ObfuscationRule] = [:]
      for member in members { rules[member.name] = try ObfuscationRule(member.value, of: "\(place).\(member.name)") }
      self = .nested(rules)
    default: throw Self.unknown(value.text, place)
    }
  }

  private static func unknown(_ word: String, _ place: String) -> HandlerError {
    HandlerError(
      "the obfuscation map has the rule '\(word)' for \(place)",
      remedy: "rules are \(words.keys.sorted().joined(separator: ", ")), or a map for the members of JSON")
  }
}

/// Obfuscates values by rules, with a key.
package struct Obfuscation: Sendable {
  private let key: [UInt8]

  package init(key: String) { self.key = Array(key.utf8) }

  /// The value that takes the place of a column's text; NULL stays NULL.
  ///
  /// - Throws: ``UnreadableEvent`` when a rule for JSON meets text that is none.
  package func value(_ text: String?, _ rule: ObfuscationRule) throws -> String? {
    guard let text else { return nil }
    switch rule {
    case .keep: return text
    case .skip: return nil
    case .bool: return text.isEmpty ? "f" : "t"
    case .hash32: return String(Int32(truncatingIfNeeded: number(text, bytes: 4)))
    case .hash64: return String(Int64(truncatingIfNeeded: number(text, bytes: 8)))
    case .hash: return uuid(text)
    case .nested(let rules):
      let json: JSONValue
      do { json = try JSONValue(parsing: text) } catch {
        throw UnreadableEvent(table: nil, reason: "the event's value to be obfuscated is no JSON: \(error.problem)")
      }
      return nested(json, rules).text
    }
  }

  private func nested(_ value: JSONValue, _ rules: [String: ObfuscationRule]) -> JSONValue {
    switch value {
    case .object(let members):
      .object(
        members.compactMap { member in
          guard let rule = rules[member.name], rule != .skip else { return nil }
          return JSONValue.Member(member.name, json(member.value, rule))
        })
    case .array(let values): .array(values.map { nested($0, rules) })
    // Nothing says that a bare value may be shown.
    default: .null
    }
  }

  private func json(_ value: JSONValue, _ rule: ObfuscationRule) -> JSONValue {
    if case .nested(let rules) = rule { return nested(value, rules) }
    if rule == .keep || value == .null { return value }
    // An array of values is obfuscated value by value.
    if case .array(let values) = value, rule != .bool { return .array(values.map { json($0, rule) }) }
    let text: String =
      switch value {
      case .string(let text), .number(let text): text
      case .bool(let value): value ? "true" : "false"
      default: value.text
      }
    switch rule {
    case .bool: return .bool(!text.isEmpty && text != "[]" && text != "{}")
    case .hash32: return .number(String(Int32(truncatingIfNeeded: number(text, bytes: 4))))
    case .hash64: return .number(String(Int64(truncatingIfNeeded: number(text, bytes: 8))))
    default: return .string(uuid(text))
    }
  }

  /// The hash as a number, its first byte the highest.
  private func number(_ text: String, bytes: Int) -> UInt64 {
    BLAKE2s(size: bytes, key: key).hash(text.utf8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  private func uuid(_ text: String) -> String {
    var bytes = BLAKE2s(size: 16, key: key).hash(text.utf8)
    bytes[8] &= 0x7f
    var out = ""
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { out += "-" }
      out += String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }
    return out
  }
}
