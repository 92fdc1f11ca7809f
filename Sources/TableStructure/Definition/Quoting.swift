import EventFormats

/// A name as SQL writes it.
func quote(_ name: String) -> String { SQLIdentifier.quote(name) }

/// Text as an SQL literal.
func literal(_ text: String) -> String { SQLLiteral.quote(text) }
