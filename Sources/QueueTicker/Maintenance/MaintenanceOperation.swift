package import EventFormats

/// One entry of the maintenance list, as a statement.
package enum MaintenanceOperation: Sendable, Equatable {
  /// A function; returns something else than 0 when it wants to be called again at once.
  case function(QualifiedName, argument: String?)
  /// `vacuum` or `vacuum analyze` of a table.
  case vacuum(table: QualifiedName, analyze: Bool)

  /// Reads a row of `pgq.maint_operations()`.
  ///
  /// - Throws: `FormatError` when a name is none.
  package init(function: String, argument: String?) throws(FormatError) {
    switch (function.lowercased(), argument) {
    case ("vacuum", let table?): self = .vacuum(table: try QualifiedName(parsing: table), analyze: false)
    case ("vacuum analyze", let table?): self = .vacuum(table: try QualifiedName(parsing: table), analyze: true)
    default: self = .function(try QualifiedName(parsing: function), argument: argument)
    }
  }
}
