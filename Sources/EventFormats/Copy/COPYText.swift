/// PostgreSQL's text format of COPY: fields divided by tabs, rows by line feeds, `\N` for NULL.
public enum COPYText {
  /// Adds one field, escaped. The caller adds tabs and line feeds between fields and rows.
  @inlinable
  public static func append(_ field: some Sequence<UInt8>, to out: inout [UInt8]) {
    for byte in field {
      // One comparison lets nearly every byte pass: all that needs an escape is below 14 or a backslash.
      if byte >= 0x0e, byte != 0x5c {
        out.append(byte)
      } else {
        appendEscaped(byte, to: &out)
      }
    }
  }

  /// Adds a whole row, line feed included; nil is NULL.
  public static func append(row: [String?], to out: inout [UInt8]) {
    for (index, field) in row.enumerated() {
      if index > 0 { out.append(0x09) }
      if let field {
        append(field.utf8, to: &out)
      } else {
        appendNull(to: &out)
      }
    }
    out.append(0x0a)
  }

  /// Adds a NULL field.
  @inlinable
  public static func appendNull(to out: inout [UInt8]) {
    out.append(0x5c)
    out.append(0x4e)
  }

  @usableFromInline
  static func appendEscaped(_ byte: UInt8, to out: inout [UInt8]) {
    let letter: Unicode.Scalar
    switch byte {
    case 0x08: letter = "b"
    case 0x09: letter = "t"
    case 0x0a: letter = "n"
    case 0x0b: letter = "v"
    case 0x0c: letter = "f"
    case 0x0d: letter = "r"
    case 0x5c: letter = "\\"
    default:
      out.append(byte)
      return
    }
    out.append(0x5c)
    out.append(UInt8(ascii: letter))
  }
}
