extension Diagnosis {
  static let schemaChecks = [
    Check(
      name: "schema", passed: "all schemas are installed, current and unchanged", needs: ["schemas"], find: schemas),
    Check(
      name: "roles", passed: "the roles pgq_reader, pgq_writer and pgq_admin exist", needs: ["schemas"], find: roles),
  ]

  private static func schemas(_ snapshot: StatusSnapshot, _ limits: DiagnosisLimits) -> [Finding] {
    let place = "database \(snapshot.server.database)"
    guard snapshot.schemas.contains(where: { $0.state != .missing }) || snapshot.schemas.isEmpty else {
      return [
        Finding(
          "schema", .error, place, "nothing of Trunkline is installed",
          cause: "This database has none of the schemas; perhaps another one was meant.",
          remedy: "Install them, or name the right database with --db.", commands: ["trunkline schema install"])
      ]
    }
    return snapshot.schemas.compactMap { schema in
      switch schema.state {
      case .current: nil
      case .missing:
        Finding(
          "schema", .warning, place, "schema \(schema.name) is missing",
          cause: "This program brings it along, and parts of it need it.",
          remedy: "Install it; the others stay as they are.",
          commands: ["trunkline schema install"])
      case .outdated:
        Finding(
          "schema", .warning, place,
          "schema \(schema.name) is not the one that this program brings along"
            + (schema.version.map { " (installed: \($0))" } ?? ""),
          cause: "The program was upgraded or downgraded, and the database was not.",
          remedy: "Look at what would change, then upgrade; it works while everything runs.",
          commands: ["trunkline schema upgrade --dry-run", "trunkline schema upgrade"])
      case .modified:
        Finding(
          "schema", .warning, place, "functions or tables of schema \(schema.name) were changed by hand",
          cause: "They are not what was installed, so nothing that is promised about them can be relied on.",
          remedy: "Find out who did it and why, then put the original text back.",
          commands: ["trunkline schema status", "trunkline schema install"])
      case .foreign:
        Finding(
          "schema", .warning, place, "schema \(schema.name) is the original's, not Trunkline's",
          cause: "Trunkline's ticker and commands need functions that the original does not have.",
          remedy: "Take it over: queues, consumers, positions and events stay.",
          commands: ["trunkline schema install --dry-run", "trunkline schema install"])
      }
    }
  }

  private static func roles(_ snapshot: StatusSnapshot, _ limits: DiagnosisLimits) -> [Finding] {
    guard !snapshot.missingRoles.isEmpty else { return [] }
    return [
      Finding(
        "roles", .warning, "server", "missing: \(snapshot.missingRoles.joined(separator: ", "))",
        cause: "Who installed the schemas was not allowed to make roles, so privileges were left out.",
        remedy: "Have an administrator make them, then install again, which grants what was left out.",
        commands: snapshot.missingRoles.map { "create role \($0) nologin" } + ["trunkline schema install"])
    ]
  }
}
