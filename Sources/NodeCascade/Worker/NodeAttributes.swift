import EventFormats

/// The attributes of a node, an urlencoded text.
enum NodeAttributes {
  /// The items of an attribute that is a list divided by commas; empty when it is not there or cannot be read.
  static func list(_ name: String, in text: String) -> [String] {
    guard let value = try? URLEncodedRow.decode(text).first(where: { $0.name == name })?.value else { return [] }
    return value.split(separator: ",").map(String.init)
  }
}
