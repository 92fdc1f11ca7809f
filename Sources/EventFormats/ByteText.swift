extension String {
  /// The text with every occurrence of the ASCII character `byte` written twice.
  ///
  /// Works on bytes: a quote followed by a combining character is one `Character`, which `replacing` would miss.
  func doubling(_ byte: UInt8) -> String {
    guard utf8.contains(byte) else { return self }
    var out: [UInt8] = []
    out.reserveCapacity(utf8.count + 8)
    for each in utf8 {
      if each == byte { out.append(byte) }
      out.append(each)
    }
    return String(decoding: out, as: UTF8.self)
  }
}
