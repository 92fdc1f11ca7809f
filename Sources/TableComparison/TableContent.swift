import EventFormats
import PostgresClient
import TableStructure

/// The query texts that describe a table's content so that two servers can be compared.
struct TableContent {
  let table: TableShape
  /// What identifies a row; all columns when there is no key.
  let key: [String]
  let columns: [String]

  /// Describes the columns that both sides have; generated ones too, as they must agree.
  init(source: TableShape, target: TableShape, key: [String]) {
    let shared = source.columns.map(\.name).filter { name in target.columns.contains { $0.name == name } }
    self.table = source
    self.columns = shared
    self.key = key.isEmpty ? shared : key
  }

  /// Number of rows and a sum of their digests, which does not depend on their order.
  var checksum: String {
    """
    select count(*), coalesce(sum(('x' || substr(\(digest), 1, 16))::bit(64)::bigint::numeric), 0)::text
    from \(table.name.quoted) t
    """
  }

  /// One line a row in the order of the keys: key, digest.
  var listing: String {
    """
    copy (select k, d from (select \(record(key))::text as k, \(digest) as d from \(table.name.quoted) t) x
          order by k collate "C", d collate "C") to stdout
    """
  }

  private var digest: String { "md5(\(record(columns))::text)" }

  private func record(_ names: [String]) -> String {
    "row(\(names.map { "t.\(SQLIdentifier.quote($0))" }.joined(separator: ", ")))"
  }
}
