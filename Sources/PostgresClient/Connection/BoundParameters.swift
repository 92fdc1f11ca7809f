/// Lays parameters out as libpq wants them: one buffer of bytes and arrays of pointers into it.
enum BoundParameters {
  typealias Body<Value> = (
    _ count: Int32, _ types: UnsafePointer<UInt32>?, _ values: UnsafePointer<UnsafePointer<CChar>?>?,
    _ lengths: UnsafePointer<Int32>?, _ formats: UnsafePointer<Int32>?
  ) throws -> Value

  /// Checks what the server could not take.
  ///
  /// - Throws: as ``withBound(_:_:)``.
  static func validate(_ parameters: [PostgresParameter]) throws {
    guard parameters.count <= Int(UInt16.max) else {
      throw PostgresError(
        .invalidInput, "\(parameters.count) parameters; the protocol allows 65,535",
        hint: "pass arrays, or use COPY")
    }
    for (position, parameter) in parameters.enumerated() {
      let size: Int
      switch parameter.storage {
      case .null: continue
      case .binary(let value): size = value.count
      case .text(let text):
        size = text.utf8.count
        guard !text.utf8.contains(0) else {
          throw PostgresError(
            .invalidInput, "parameter $\(position + 1) holds a NUL byte",
            hint: "PostgreSQL text cannot hold U+0000; use bytea for binary data")
        }
      }
      guard size < 1 << 30 else {
        throw PostgresError(
          .invalidInput, "parameter $\(position + 1) is larger than 1 GB", hint: "PostgreSQL values end at 1 GB")
      }
    }
  }

  /// Lends the arrays for one call.
  ///
  /// - Throws: `invalidInput` naming the parameter's number, when a text holds a NUL byte or there are too many values.
  static func withBound<Value>(_ parameters: [PostgresParameter], _ body: Body<Value>) throws -> Value {
    try validate(parameters)
    var bytes: [UInt8] = []
    var offsets: [Int?] = []
    var types: [UInt32] = []
    var lengths: [Int32] = []
    var formats: [Int32] = []
    for parameter in parameters {
      types.append(parameter.typeOID)
      let start = bytes.count
      switch parameter.storage {
      case .null:
        offsets.append(nil)
        formats.append(0)
      case .text(let text):
        offsets.append(start)
        bytes.append(contentsOf: text.utf8)
        formats.append(0)
      case .binary(let value):
        offsets.append(start)
        bytes.append(contentsOf: value)
        formats.append(1)
      }
      lengths.append(Int32(bytes.count - start))
      bytes.append(0)
    }
    return try bytes.withUnsafeBytes { buffer in
      let base = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
      let values = offsets.map { offset in offset.flatMap { offset in base.map { $0 + offset } } }
      return try body(Int32(parameters.count), types, values, lengths, formats)
    }
  }
}

extension PostgresParameter {
  /// Text given as bytes, for example read from a file.
  ///
  /// - Throws: `invalidInput` when the bytes are not valid UTF-8 or hold a NUL byte.
  public static func utf8(_ bytes: [UInt8]) throws -> PostgresParameter {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw PostgresError(
        .invalidInput, "the text is not valid UTF-8", hint: "convert it to UTF-8, or bind it as bytea")
    }
    return .text(text)
  }
}
