package import EventFormats

/// `multimaster`: of two changes of a row, made at different nodes, the later one stays.
package struct MultimasterHandler: TableHandler {
  package static let description = HandlerDescription(
    ["multimaster"],
    """
    Several sources write the same rows, and the latest change stays. A change applies when its time is later than that \
    of the row that is there; the same as the conflict policy newest:COLUMN. Copy the table from one source only.
    """,
    [
      .init("timefield", text: "the column with the time of the last change", isRequired: true),
      .init(
        "altpk",
        text: "columns of another key, separated by commas: an older row of the same values there, but of another "
          + "primary key, is removed"),
      .init("fkey_cols", text: "columns that refer to another table: without the row there, a change is left out"),
      .init("fkey_ref_table", text: "the table that they refer to"),
      .init("fkey_ref_cols", text: "its columns (the same as fkey_cols)"),
    ])

  package let destination: QualifiedName
  private let policy: ConflictPolicy
  package var conflict: ConflictPolicy? { policy }
  package var isPassThrough: Bool { true }
  package var triggerArguments: [String] { ["no_merge"] }

  package init(_ context: HandlerContext, _ arguments: HandlerArguments) throws(HandlerError) {
    destination = context.destination
    var policy = ConflictPolicy(.newest(column: try arguments.required("timefield")))
    policy.alternateKey = arguments.text("altpk")?.commaSeparated ?? []
    let columns = arguments.text("fkey_cols")?.commaSeparated ?? []
    if let table = try arguments.name("fkey_ref_table") {
      let referenced = arguments.text("fkey_ref_cols")?.commaSeparated ?? columns
      guard !columns.isEmpty, referenced.count == columns.count else {
        throw HandlerError(
          "handler multimaster: fkey_cols and fkey_ref_cols do not go together",
          remedy: "name as many columns in the one as in the other")
      }
      policy.parent = ConflictPolicy.Parent(columns: columns, table: table, referenced: referenced)
    } else if !columns.isEmpty || arguments.text("fkey_ref_cols") != nil {
      throw HandlerError("handler multimaster needs fkey_ref_table with fkey_cols", remedy: "name the table")
    }
    self.policy = policy
  }

  package func handle(_ event: HandledEvent) throws -> [HandlerAction] {
    let change = try event.change()
    return change.operation == .truncate ? [.truncate(destination)] : [.write(RowWrite(change, into: destination))]
  }
}
