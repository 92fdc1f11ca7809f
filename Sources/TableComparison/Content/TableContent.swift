import EventFormats
import TableStructure

/// The query texts that describe one side's rows of a table so that two servers can be compared.
///
/// A row is the text of its compared columns in an agreed order, written by the types' output functions under pinned
/// settings. So nothing depends on the order of columns or rows.
struct TableContent: Sendable {
  private let pair: TablePair
  private let shape: TableShape
  private let conditions: [String]

  init(_ pair: TablePair, _ shape: TableShape, where conditions: [String]) {
    self.pair = pair
    self.shape = shape
    self.conditions = conditions.map { "(\n\($0)\n)" }
  }

  /// Number of rows, and a sum of their hashes, which does not depend on their order.
  func checksum(_ range: KeyRange) -> String {
    "select count(*), coalesce(sum(\(pair.hash.number(rowText))), 0)::text from \(rows(range))"
  }

  /// Number of rows.
  func count(_ range: KeyRange) -> String { "select count(*) from \(rows(range))" }

  /// The same for each of `buckets` parts, a power of two, into which the rows fall by the hash of their key.
  func bucketChecksums(_ range: KeyRange, buckets: Int) -> String {
    """
    select b, count(*), sum(h)::text from (
      select \(bucket(buckets)) as b, \(pair.hash.number(rowText)) as h from \(rows(range))) x group by b
    """
  }

  /// One line a row in the order of the keys' digests: digest of the key, digest of the row, values of the key.
  ///
  /// - Parameter chosen: only the rows of these buckets; `nil`: all.
  func listing(_ range: KeyRange, buckets: Int, chosen: [Int]?) -> String {
    let filter = chosen.map { list in
      ["\(bucket(buckets)) = any ('{\(list.map(String.init).joined(separator: ","))}'::int8[])"]
    }
    let values = pair.key.map { "t.\(SQLIdentifier.quote($0))::text" }.joined(separator: ", ")
    return """
      copy (select * from (
        select \(pair.hash.digest(keyText)) collate "C" as kd, \(digest) collate "C" as rd, \(values)
        from \(rows(range, filter ?? []))) x order by 1, 2) to stdout
      """
  }

  /// The key `rows` rows further on; no row when there are fewer. Only where the key can be walked.
  func nextKey(_ range: KeyRange, rows count: Int) -> String {
    let key = pair.key.map { "t.\(SQLIdentifier.quote($0))" }
    return """
      select \(key.map { "\($0)::text" }.joined(separator: ", ")) from \(rows(range))
      order by \(key.joined(separator: ", ")) offset \(max(count, 1) - 1) limit 1
      """
  }

  /// The row of a key: digest, then the text of each compared column.
  func lookUp(_ key: [String?]) -> String {
    let values = pair.columns.map { "t.\(SQLIdentifier.quote($0))::text" }.joined(separator: ", ")
    return "select \(digest), \(values) from \(rows(.all, [match(key)]))"
  }

  /// Condition for the row of a key.
  func match(_ key: [String?]) -> String {
    zip(pair.key, key).map { name, value in
      let column = "t.\(SQLIdentifier.quote(name))"
      // No cast: one to a type with modifiers would round or cut, and find another row.
      return value.map { "\(column) = \(SQLLiteral.quote($0))" } ?? "\(column) is null"
    }.joined(separator: " and ")
  }

  /// Digest of the row of alias `t`.
  var digest: String { pair.hash.digest(rowText) }

  private var rowText: String { record(pair.columns) }
  private var keyText: String { record(pair.key) }

  private func record(_ names: [String]) -> String {
    "row(\(names.map { "t.\(SQLIdentifier.quote($0))" }.joined(separator: ", ")))::text"
  }

  private func bucket(_ buckets: Int) -> String { "(\(pair.hash.number(keyText)) & \(buckets - 1))" }

  private func rows(_ range: KeyRange, _ more: [String] = []) -> String {
    let conditions = range.conditions(pair.key, pair.walk ?? []) + conditions + more
    return "\(shape.ownRows) t\(conditions.isEmpty ? "" : " where \(conditions.joined(separator: " and "))")"
  }
}
