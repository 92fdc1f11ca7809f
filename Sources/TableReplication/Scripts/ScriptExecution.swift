public import PostgresClient
import ServiceRuntime

/// Executes a script on one node: once for ever by its name, if the node has what the script asks for.
///
/// All happens in a transaction that the caller has opened and commits: on the root one of its own, elsewhere that of the batch
/// which brings the event, so that the script stands between the changes before and after it everywhere.
public struct ScriptExecution: Sendable {
  /// What became of the script here.
  public enum Outcome: String, Sendable {
    /// It was run.
    case executed
    /// Nothing that it asks for is here, or it shall not run here: it is recorded without having been run.
    case recorded
    /// A script of this name was executed before, perhaps by way of another queue.
    case alreadyApplied = "already applied"
  }

  /// The set, and the name of the script: good for one script, for ever.
  public var queue: String, name: String
  /// The text as it is given to all nodes, with tags.
  public var sql: String
  /// On which nodes it runs.
  public var attributes: ScriptAttributes
  /// Whether it must be the root, which hands the script on to the others.
  public var isRoot: Bool
  /// What it is besides, if an event trigger captured it.
  public var captured: CapturedCommand?

  /// A script given on the root.
  ///
  /// - Throws: ``ScriptError`` about its header.
  public init(queue: String, name: String, sql: String) throws(ScriptError) {
    self.queue = queue
    self.name = name
    self.sql = sql
    do {
      attributes = try ScriptAttributes(script: sql)
    } catch {
      throw Self.named(error, name)
    }
    isRoot = true
  }

  /// A script or a captured command that an event brings.
  ///
  /// - Parameters:
  ///   - eventType: `EXECUTE` or ``CapturedCommand/heldEventType``.
  ///   - eventName, attributes, classes: `ev_extra1`, `ev_extra2`, `ev_extra3`.
  /// - Throws: ``ScriptError`` about the attributes.
  public init(
    queue: String, eventType: String = "EXECUTE", eventName: String, data: String, attributes: String?,
    classes: String? = nil
  ) throws(ScriptError) {
    captured = CapturedCommand(eventType: eventType, classes: classes)
    self.queue = queue
    name = eventName
    sql = data
    do {
      self.attributes = try ScriptAttributes(encoded: attributes)
    } catch {
      throw Self.named(error, eventName)
    }
    isRoot = false
  }

  /// The first statement that no script can have, seen without a server.
  public var misfit: ScriptError? {
    for statement in ScriptStatement.split(sql) {
      guard let misfit = statement.misfit else { continue }
      return ScriptError(
        "script \(name): \(place(statement)): \(misfit)", hint: "leave the statement out; nothing was executed")
    }
    return nil
  }

  /// Executes the script in the open transaction of `connection`.
  ///
  /// Triggers that log changes are silent meanwhile, others fire. Settings that the script leaves behind are put back.
  ///
  /// - Throws: ``ScriptError`` with the script's name, number and line of the statement; ``PostgresError`` of the connection. The
  ///   transaction must be rolled back then.
  public func perform(_ connection: PostgresConnection) async throws -> Outcome {
    let answer = try await connection.query(
      "select ret_code, ret_note from londiste.execute_start(\(queue), \(name), \(sql), \(isRoot), \(attributes.encoded))"
    ).first?.decode(Int.self, String?.self)
    switch answer?.0 {
    case 200: break
    case 201: return .alreadyApplied
    default:
      throw ScriptError(
        "script \(name): \(answer?.1 ?? "no answer")", hint: "scripts are given to the root: trunkline node status",
        exitCode: .configuration)
    }
    if let misfit { throw misfit }

    do {
      let findings = try await ScriptFindings.read(attributes, queue: queue, connection)
      var verdict = try findings.verdict(attributes)
      if verdict == .run, try await isIgnored(connection) { verdict = .recordOnly }
      if verdict == .run { try await run(findings, connection) }
      try await finish(connection)
      return verdict == .run ? .executed : .recorded
    } catch let error as ScriptError {
      throw Self.named(error, name)
    }
  }

  /// Whether a captured command shall not run here.
  private func isIgnored(_ connection: PostgresConnection) async throws -> Bool {
    guard let captured else { return false }
    switch try await captured.policy(name: name, queue: queue, connection) {
    case .apply: return false
    case .ignore: return true
    case .hold:
      throw ScriptError(
        "captured DDL is held (\(captured.classes.joined(separator: ", "))): \(sql.split(separator: "\n").dropFirst().joined(separator: " ").prefix(300))",
        hint: """
          look at it and decide, on this node: trunkline ddl decide --queue \(queue) \(name) apply (or skip, if it was done by hand or shall \
          not be done here)
          """, exitCode: .configuration)
    }
  }

  private func run(_ findings: ScriptFindings, _ connection: PostgresConnection) async throws {
    let session = try await ScriptSession.begin(queue: queue, connection)
    if captured != nil { try await CapturedCommand.becomeOwner(attributes, queue: queue, connection) }
    for statement in ScriptStatement.split(captured == nil ? findings.resolvingTags(sql) : sql) {
      do {
        try await connection.query(PostgresQuery(statement.text))
      } catch let error as PostgresError where error.code != .connectionLost {
        throw Self.failure(error, place(statement, error))
      }
    }
    try await session.end(connection, isRoot: isRoot)
  }

  private func finish(_ connection: PostgresConnection) async throws {
    let answer = try await connection.query(
      "select ret_code, ret_note from londiste.execute_finish(\(queue), \(name))"
    ).first?.decode(Int.self, String?.self)
    guard let answer, answer.0 < 400 else {
      throw ScriptError("it removed the record of itself: \(answer?.1 ?? "no answer")", hint: "leave that out")
    }
  }

  // MARK: Errors

  private func place(_ statement: ScriptStatement, _ error: PostgresError? = nil) -> String {
    let before = error?.position.map { statement.text.unicodeScalars.prefix(max($0 - 1, 0)) }
    let line = statement.line + (before?.count { $0 == "\n" } ?? 0)
    return "statement \(statement.number), line \(line)"
  }

  private static func failure(_ error: PostgresError, _ place: String) -> ScriptError {
    var failure = ScriptError("\(place): \(error.message)", hint: error.hint, exitCode: .failure, cause: error)
    if let detail = error.detail { failure.message += " (\(detail))" }
    if error.sqlState == "25001" {
      failure.hint = """
        a script is one transaction on every node: run this statement by hand on each of them, without trunkline execute; an index is made \
        by CREATE INDEX without CONCURRENTLY
        """
    }
    if error.sqlState?.isTransient == true { failure.exitCode = .temporary }
    return failure
  }

  private static func named(_ error: ScriptError, _ name: String) -> ScriptError {
    var error = error
    if !error.message.hasPrefix("script ") { error.message = "script \(name): \(error.message)" }
    return error
  }
}
