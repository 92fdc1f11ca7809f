/// One value bound to a query, in PostgreSQL's text or binary form.
public struct PostgresParameter: Sendable {
  enum Storage: Sendable {
    case null
    case text(String)
    case binary([UInt8])
  }

  var storage: Storage
  /// The type's OID; 0 lets the server infer it from the query.
  var typeOID: UInt32

  /// SQL NULL.
  public static let null = PostgresParameter(storage: .null, typeOID: 0)

  /// A value in its type's text form.
  public static func text(_ value: String, typeOID: UInt32 = 0) -> PostgresParameter {
    PostgresParameter(storage: .text(value), typeOID: typeOID)
  }

  /// A value in its type's binary send form; the OID says which type that is.
  public static func binary(_ bytes: [UInt8], typeOID: UInt32) -> PostgresParameter {
    PostgresParameter(storage: .binary(bytes), typeOID: typeOID)
  }
}

/// A Swift value that can be bound to a query.
public protocol PostgresEncodable: Sendable {
  /// The value as the server shall get it.
  var postgresParameter: PostgresParameter { get }
}

extension PostgresParameter: PostgresEncodable {
  /// Itself.
  public var postgresParameter: PostgresParameter { self }
}
extension String: PostgresEncodable {
  /// Bound as text.
  public var postgresParameter: PostgresParameter { .text(self) }
}
extension Int: PostgresEncodable {
  /// Bound as decimal digits.
  public var postgresParameter: PostgresParameter { .text(String(self)) }
}
extension Int64: PostgresEncodable {
  /// Bound as decimal digits.
  public var postgresParameter: PostgresParameter { .text(String(self)) }
}
extension Int32: PostgresEncodable {
  /// Bound as decimal digits.
  public var postgresParameter: PostgresParameter { .text(String(self)) }
}
extension UInt32: PostgresEncodable {
  /// Bound as decimal digits.
  public var postgresParameter: PostgresParameter { .text(String(self)) }
}
extension Double: PostgresEncodable {
  /// NaN and infinities take PostgreSQL's spelling.
  public var postgresParameter: PostgresParameter {
    if isNaN { return .text("NaN") }
    if isInfinite { return .text(self < 0 ? "-Infinity" : "Infinity") }
    return .text("\(self)")
  }
}
extension Bool: PostgresEncodable {
  /// Bound as `t` or `f`.
  public var postgresParameter: PostgresParameter { .text(self ? "t" : "f") }
}
extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
  /// Nil is bound as NULL.
  public var postgresParameter: PostgresParameter { self?.postgresParameter ?? .null }
}
extension Array: PostgresEncodable where Element: PostgresArrayElement {
  /// Bytes are sent as `bytea`, everything else as an array.
  public var postgresParameter: PostgresParameter { Element.arrayParameter(self) }
}

/// A type whose Swift arrays can be bound.
public protocol PostgresArrayElement: Sendable {
  /// The array as one parameter.
  static func arrayParameter(_ elements: [Self]) -> PostgresParameter
}

extension UInt8: PostgresArrayElement {
  /// Bound as one `bytea`.
  public static func arrayParameter(_ elements: [UInt8]) -> PostgresParameter { .binary(elements, typeOID: 17) }
}
extension String: PostgresArrayElement {
  /// Bound as an array in text form.
  public static func arrayParameter(_ elements: [String]) -> PostgresParameter {
    .text(arrayLiteral(elements.map(Optional.some)))
  }
}
extension Int64: PostgresArrayElement {
  /// Bound as an array in text form.
  public static func arrayParameter(_ elements: [Int64]) -> PostgresParameter {
    .text("{" + elements.map(String.init).joined(separator: ",") + "}")
  }
}
extension Optional: PostgresArrayElement where Wrapped == String {
  /// Bound as an array in text form; nil is NULL.
  public static func arrayParameter(_ elements: [String?]) -> PostgresParameter { .text(arrayLiteral(elements)) }
}

/// A one-dimensional array in text form; every element quoted, so that no content can be misread.
func arrayLiteral(_ elements: [String?]) -> String {
  let items = elements.map { element -> String in
    guard let element else { return "NULL" }
    var item = "\""
    for character in element.unicodeScalars {
      if character == "\"" || character == "\\" { item += "\\" }
      item.unicodeScalars.append(character)
    }
    return item + "\""
  }
  return "{" + items.joined(separator: ",") + "}"
}
