import EventFormats
import EventQueue

/// Queries for the source that turn the events of one table into rows, for large batches: the source takes the JSON
/// apart while the target reads the rows with COPY, so both servers work at the same time.
///
/// Every value travels as the text that the capture wrote; only the target's types read it.
struct RowStream: Sendable {
  let work: TableWork
  let columns: [String]
  /// The batch as a subquery without order.
  let events: String
  /// The part of the batch.
  let slice: BatchSlice

  /// Rows of events that are all insertions, columns as given.
  var inserted: String {
    "copy (select \(list("x")) from (\(filtered(work.presentTypes))) b, \(record("b.ev_data"))) to stdout"
  }

  /// The last state of every key: event, whether the row is there, columns as given.
  ///
  /// Keys are told apart by their text here, so their types must be plain.
  var net: String {
    var rows = """
      select b.ev_id as tl_event, 1 as tl_part, b.ev_type = any (\(literals(work.presentTypes))) as tl_present, \(list("x"))
      from (\(filtered(work.presentTypes + work.deletedTypes))) b, \(record("b.ev_data"))
      """
    if work.hasKeyChanges {
      rows += """
         union all
        select b.ev_id, 0, false, \(list("x"))
        from (\(filtered(work.presentTypes)) and ev_extra3 is not null) b, \(record("b.ev_extra3"))
        """
    }
    let key = work.key.map(SQLIdentifier.quote).map { "\($0) collate \"C\"" }.joined(separator: ", ")
    return """
      copy (select tl_event, tl_present, \(list(nil)) from (
        select distinct on (\(key)) * from (\(rows)) r order by \(key), tl_event desc, tl_part desc) n) to stdout
      """
  }

  private func filtered(_ types: [String]) -> String {
    var sql = """
      select * from (\(events)) e where ev_type = any (\(literals(types)))
        and ev_id > \(max(work.truncatedAt ?? -1, slice.after)) and ev_id <= \(slice.last)
      """
    // of a table with few changes only these are read
    if let transactions = work.transactions {
      sql += " and ev_txid between \(transactions.lowerBound) and \(transactions.upperBound)"
    }
    return sql
  }

  private func record(_ json: String) -> String {
    let definitions = columns.map { "\(SQLIdentifier.quote($0)) text" }.joined(separator: ", ")
    return "json_to_record(\(json)::json) x(\(definitions))"
  }

  private func list(_ prefix: String?) -> String {
    columns.map { (prefix.map { "\($0)." } ?? "") + SQLIdentifier.quote($0) }.joined(separator: ", ")
  }

  private func literals(_ texts: [String]) -> String {
    "array[\(texts.map(SQLLiteral.quote).joined(separator: ", "))]::text[]"
  }
}
