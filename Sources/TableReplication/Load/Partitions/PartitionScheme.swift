import EventFormats

/// How rows are spread over partitions by date.
package struct PartitionScheme: Sendable, Equatable {
  /// What tells a row's time.
  package enum Time: Sendable, Equatable {
    /// A column of type date, timestamp or timestamptz; the latter counts in UTC.
    case column(String)
    /// When the event was written, in UTC.
    case event
    /// When the batch ended, in UTC.
    case batch

    /// A column's name, or `@event-time`, or `@batch-time`.
    package init(_ text: String) {
      switch text {
      case "@event-time": self = .event
      case "@batch-time": self = .batch
      default: self = .column(text)
      }
    }
  }

  package var time: Time
  package var period: PartitionPeriod
  /// The form of the partitions' names: text with {table}, {year}, {month}, {day}, {hour}; a dot in it divides a schema
  /// from the name.
  package var template: String
  /// How many periods are kept, the current one included; `nil`: all.
  package var kept: Int?

  /// - Throws: ``ApplyError`` when two periods would share a name.
  package init(_ time: Time, _ period: PartitionPeriod, template: String? = nil, kept: Int? = nil) throws {
    self.time = time
    self.period = period
    self.template = template ?? period.template
    self.kept = kept
    for field in period.fields where !self.template.contains(field) {
      throw ApplyError(
        reason: "the partitions' names \"\(self.template)\" lack \(field)",
        remedy: "use the fields \(period.fields.joined(separator: ", ")), for example \(period.template)")
    }
  }

  /// The name of a table's partition.
  ///
  /// - Throws: ``ApplyError`` when it is too long.
  func name(of table: QualifiedName, _ start: CalendarHour) throws -> QualifiedName {
    var schema = table.schema
    var form = Substring(template)
    do {
      if let dot = form.firstIndex(of: ".") {
        schema = try SQLIdentifier(String(form[..<dot]))
        form = form[form.index(after: dot)...]
      }
      let fields = [
        "{year}": CalendarHour.padded(start.year, 4), "{month}": CalendarHour.padded(start.month),
        "{day}": CalendarHour.padded(start.day), "{hour}": CalendarHour.padded(start.hour),
      ]
      var name = String(form)
      for (field, value) in fields { name.replace(field, with: value) }
      name.replace("{table}", with: table.name.name)
      guard name.utf8.count <= 63 else {
        throw ApplyError(
          table: table, reason: "the partition's name \"\(name)\" is longer than 63 bytes",
          remedy: "choose a shorter --partition-template")
      }
      return QualifiedName(schema: schema, name: try SQLIdentifier(name))
    } catch let error as FormatError {
      throw ApplyError(
        table: table, reason: "no partition can be named by \"\(template)\": \(error)",
        remedy: "choose another --partition-template")
    }
  }
}
