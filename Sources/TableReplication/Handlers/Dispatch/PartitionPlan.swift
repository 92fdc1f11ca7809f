package import EventFormats

/// How partitions are named, made and dropped for one table.
package struct PartitionPlan: Sendable, Equatable {
  package var scheme: PartitionScheme
  /// SQL that makes one, with variables, see ``text(_:part:of:keys:start:)``; `nil`: ``function``.
  package var template: String?
  /// The function that makes one, `f(parent, part, pkeys, part_field, part_time, period)`; `nil`: the default.
  package var function: QualifiedName?
  /// SQL before and after that, with the same variables.
  package var before: String?, after: String?
  /// How long rows are kept, as an interval; `nil`: for ever.
  package var retention: String?

  package init(scheme: PartitionScheme) { self.scheme = scheme }

  /// The column that tells the partition, if one does.
  package var field: String? {
    if case .column(let name) = scheme.time { return name }
    return nil
  }

  /// Puts values into SQL: `%(part)s` or `%(dest)s` the partition, `%(parent)s` the table, `%(schema_table)s` the
  /// partition's name with its dot as two underscores, `%(pkeys)s`, `%(part_field)s`, `%(part_time)s`, `%(period)s`; `%%` is %.
  ///
  /// - Throws: ``ApplyError`` for a variable that there is not.
  package func text(
    _ template: String, part: QualifiedName, of parent: QualifiedName, keys: [String], start: String
  ) throws -> String {
    let values = [
      "part": part.quoted, "dest": part.quoted, "parent": parent.quoted,
      "schema_table": part.unquoted.split(separator: ".").joined(separator: "__"),
      "pkeys": keys.map(SQLIdentifier.quote).joined(separator: ","), "part_field": field ?? "", "part_time": start,
      "period": scheme.period.rawValue,
    ]
    do {
      return try TemplateText.filled(template, values)
    } catch {
      throw ApplyError(table: parent, reason: error.problem, remedy: error.remedy)
    }
  }
}

/// Text with variables of the form `%(name)s`.
enum TemplateText {
  /// - Throws: ``HandlerError`` for a variable without value.
  static func filled(_ template: String, _ values: [String: String]) throws(HandlerError) -> String {
    var result = ""
    var rest = template[...]
    while let percent = rest.firstIndex(of: "%") {
      result += rest[..<percent]
      rest = rest[rest.index(after: percent)...]
      if rest.first == "%" {
        result += "%"
        rest = rest.dropFirst()
        continue
      }
      guard rest.first == "(", let close = rest.firstIndex(of: ")"),
        rest[rest.index(after: close)...].first == "s",
        let value = values[String(rest[rest.index(after: rest.startIndex)..<close])]
      else {
        throw HandlerError(
          "the template has a % that begins no variable: \(template)",
          remedy: "variables are \(values.keys.sorted().map { "%(\($0))s" }.joined(separator: ", ")); write %% for %")
      }
      result += value
      rest = rest[close...].dropFirst(2)
    }
    return result + rest
  }
}
