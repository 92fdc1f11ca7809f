/// Which copies of a set's tables are begun, and which run. A pure value.
struct CopyAdmission: Sendable, Equatable {
  /// Tables whose copy is wanted and begins now.
  var begun: [String] = []
  /// Tables for which work is to be started: copies that begin, those that were broken off, and those that are over and left
  /// something to clear up.
  var started: [String] = []

  /// - Parameters:
  ///   - tables: the local tables, in the order in which they were added.
  ///   - left: tables with remains of a copy.
  ///   - available: tables that their provider has in sync.
  ///   - running: tables for which work runs.
  ///   - limit: copies at the same time.
  init(tables: [SetCopy], left: [String], available: (SetCopy) -> Bool, running: Set<String>, limit: Int) {
    var busy = tables.filter(\.isCopying).count
    for table in tables where table.state == nil && busy < limit && available(table) {
      begun.append(table.table)
      busy += 1
    }
    let wanted = tables.filter(\.isCopying).map(\.table) + begun + left
    for table in wanted where !running.contains(table) && !started.contains(table) { started.append(table) }
  }
}
