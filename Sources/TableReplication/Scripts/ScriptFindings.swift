public import PostgresClient
import ServiceRuntime

/// What a node has of the things that a script asks for.
public struct ScriptFindings: Sendable, Equatable {
  /// Whether a script runs here.
  public enum Verdict: Sendable, Equatable {
    /// Everything is there, or nothing was asked for.
    case run
    /// Nothing is there: the script is recorded as executed without being run.
    case recordOnly
  }

  /// The conditions that hold.
  public var holding: Set<ScriptCondition>
  /// What the names of tags stand for here, quoted for SQL.
  public var localNames: [String: String]

  /// Findings.
  public init(holding: Set<ScriptCondition> = [], localNames: [String: String] = [:]) {
    self.holding = holding
    self.localNames = localNames
  }

  /// Whether a script with these attributes runs here.
  ///
  /// - Throws: ``ScriptError`` when some conditions hold and others do not: then nobody can say what was meant.
  public func verdict(_ attributes: ScriptAttributes) throws(ScriptError) -> Verdict {
    let missing = attributes.conditions.filter { !holding.contains($0) }
    if missing.isEmpty { return .run }
    let present = attributes.conditions.filter { holding.contains($0) }
    if present.isEmpty { return .recordOnly }
    let list = { (conditions: [ScriptCondition]) in conditions.map(\.description).joined(separator: ", ") }
    throw ScriptError(
      "some conditions of the script hold and others do not: there is \(list(present)); there is not \(list(missing))",
      hint: """
        add to this node what is missing, or remove the rest from it; or run by hand what applies, and record the script: insert into \
        londiste.applied_execute
        """, exitCode: .configuration)
  }

  /// The script with each `@name@` of a local table or sequence replaced by what it is called here.
  public func resolvingTags(_ script: String) -> String {
    var text = script
    // longer names first: none can be part of another one's tag, as the closing sign follows
    for (name, local) in localNames.sorted(by: { $0.key < $1.key }) { text = text.replacing("@\(name)@", with: local) }
    return text
  }

  /// Looks at the node that `connection` leads to.
  ///
  /// - Throws: ``PostgresError``; ``ScriptError`` for a number of parameters that is none.
  public static func read(
    _ attributes: ScriptAttributes, queue: String, _ connection: PostgresConnection
  ) async throws -> ScriptFindings {
    guard !attributes.conditions.isEmpty else { return ScriptFindings() }
    let functions = try attributes.conditions.map(Self.function)
    let rows = try await connection.query(
      """
      select case c.kind
               when 'local-table' then coalesce(t.local, false)
               when 'local-sequence' then coalesce(s.local, false)
               when 'local-destination' then
                 coalesce(t.local, false) and londiste.find_table_oid(coalesce(t.dest_table, t.table_name)) is not null
               when 'need-table' then londiste.find_table_oid(c.name) is not null
               when 'need-sequence' then londiste.find_seq_oid(c.name) is not null
               when 'need-view' then
                 coalesce(londiste.find_rel_oid(c.name, 'v'), londiste.find_rel_oid(c.name, 'm')) is not null
               when 'need-schema' then
                 exists (select 1 from pg_catalog.pg_namespace n where n.nspname = c.name)
               when 'need-function' then exists (
                 select 1
                 from londiste.split_fqname(c.name) f
                 join pg_catalog.pg_namespace n on n.nspname = f.schema_part
                 join pg_catalog.pg_proc p on p.pronamespace = n.oid and p.proname = f.name_part
                 where p.pronargs = c.parameters::int4)
             end,
             londiste.quote_fqname(
               case c.kind when 'local-sequence' then s.seq_name else coalesce(t.dest_table, t.table_name) end)
      from unnest(\(attributes.conditions.map(\.kind.rawValue))::text[], \(functions.map(\.name))::text[],
                  \(functions.map { "\($0.parameters)" })::text[]) with ordinality c (kind, name, parameters, nr)
      left join londiste.table_info t
        on t.queue_name = \(queue) and t.table_name = londiste.make_fqname(c.name) and t.local
           and c.kind in ('local-table', 'local-destination')
      left join londiste.seq_info s
        on s.queue_name = \(queue) and s.seq_name = londiste.make_fqname(c.name) and s.local and c.kind = 'local-sequence'
      order by c.nr
      """)
    var findings = ScriptFindings()
    for (condition, row) in zip(attributes.conditions, rows) {
      let (holds, local) = try row.decode(Bool?.self, String?.self)
      if holds == true { findings.holding.insert(condition) }
      if condition.isTag, let local { findings.localNames[condition.name] = local }
    }
    return findings
  }

  /// `name(2)` of a function; the name alone of everything else.
  private static func function(_ condition: ScriptCondition) throws -> (name: String, parameters: Int) {
    guard condition.kind == .needFunction, let open = condition.name.firstIndex(of: "(") else {
      return (condition.name, 0)
    }
    let number = condition.name[condition.name.index(after: open)...]
    guard number.last == ")", let count = Int(number.dropLast()), (0...100).contains(count) else {
      throw ScriptError("\(condition): the number of parameters is missing", hint: "write it like: Need-Function: f(2)")
    }
    return (String(condition.name[..<open]), count)
  }
}
