package import EventFormats

/// The attributes of a table of a set, urlencoded in `londiste.table_info.table_attrs`.
package struct TableAttributes: Sendable, Equatable {
  /// How its events are treated; `nil`: they are written into the table.
  package var handler: HandlerSpec?
  /// What happens when a change meets a row that the source does not expect; `nil`: nobody looks, the change is written.
  package var conflict: ConflictPolicy?
  /// Whether the rows of conflicts are kept in `trunkline.conflict_row`.
  package var keepsConflictRows = false
  /// The other attributes in their order: `copy_node`, `skip_truncate`, `max_parallel_copy`, and whatever else is there.
  package var others: [ColumnValue] = []

  package init() {}

  /// Reads the stored text; `nil` has no attributes.
  ///
  /// - Throws: ``HandlerError`` when the text, the handler or the conflict policy does not parse.
  package init(parsing text: String?) throws(HandlerError) {
    let pairs: [ColumnValue]
    do {
      pairs = try URLEncodedRow.decode(text ?? "")
    } catch {
      throw HandlerError(
        "the table's attributes do not parse: \(error)", remedy: "set them anew with trunkline table change-handler")
    }
    for pair in pairs {
      switch pair.name {
      case "handler": handler = try pair.value.map { text throws(HandlerError) in try HandlerSpec(parsing: text) }
      case "conflict": conflict = try pair.value.map { text throws(HandlerError) in try ConflictPolicy(parsing: text) }
      case "conflict_rows": keepsConflictRows = pair.value == "1"
      default: others.append(pair)
      }
    }
  }

  /// The text to store; `nil` when there is nothing to say.
  package var text: String? {
    var pairs = others
    if let handler { pairs.append(ColumnValue("handler", handler.description)) }
    if let conflict { pairs.append(ColumnValue("conflict", conflict.description)) }
    if keepsConflictRows { pairs.append(ColumnValue("conflict_rows", "1")) }
    return pairs.isEmpty ? nil : URLEncodedRow.encode(pairs)
  }
}
