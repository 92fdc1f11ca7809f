/// A name as SQL text, always quoted, embedded quotes doubled.
package func quotedIdentifier(_ name: String) -> String { "\"" + doubling("\"", in: name) + "\"" }

/// A text as an SQL literal that reads the same under every setting of `standard_conforming_strings`.
package func quotedLiteral(_ text: String) -> String {
  let doubled = doubling("'", in: text)
  guard doubled.unicodeScalars.contains("\\") else { return "'\(doubled)'" }
  return "E'" + doubling("\\", in: doubled) + "'"
}

/// Works on scalars: as a `Character`, a quote followed by a combining mark would not equal a quote.
private func doubling(_ special: Unicode.Scalar, in text: String) -> String {
  var result = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    if scalar == special { result.append(scalar) }
    result.append(scalar)
  }
  return String(result)
}
