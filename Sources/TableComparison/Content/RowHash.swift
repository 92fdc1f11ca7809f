import PostgresClient

/// How rows become numbers that two servers can compare.
enum RowHash: Sendable, Equatable {
  /// The server's own hash of text, where both servers compute the same.
  case native
  /// MD5, where they do not: another byte order.
  case md5
  /// MD5 of the text in UTF-8, where the databases have different encodings.
  case md5OfUTF8

  /// Chooses by trying out.
  static func choose(_ source: PostgresConnection, _ target: PostgresConnection) async throws -> RowHash {
    let probe: PostgresQuery = """
      select pg_catalog.getdatabaseencoding(),
             (select pg_catalog.sum(pg_catalog.hashtextextended(pg_catalog.repeat('probe', n) collate "C", 0))::text
              from pg_catalog.generate_series(0, 9) n)
      """
    guard let left = try await source.query(probe).first?.decode(String.self, String.self),
      let right = try await target.query(probe).first?.decode(String.self, String.self)
    else { throw PostgresError(.decoding, "the probe returned no row") }
    guard left.0 == right.0 else { return .md5OfUTF8 }
    return left.1 == right.1 ? .native : .md5
  }

  /// A 64-bit hash of an SQL expression of type text.
  func number(_ text: String) -> String {
    self == .native
      ? "pg_catalog.hashtextextended(\(text) collate \"C\", 0)"
      : "('x' || pg_catalog.substr(\(digest(text)), 1, 16))::bit(64)::bigint"
  }

  /// A digest that stands for the whole text: 32 hexadecimal digits.
  func digest(_ text: String) -> String {
    self == .md5OfUTF8 ? "pg_catalog.md5(pg_catalog.convert_to(\(text), 'UTF8'))" : "pg_catalog.md5(\(text))"
  }
}
