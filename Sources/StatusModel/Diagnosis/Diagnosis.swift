/// What is wrong with a database, and what to do about it: a pure function of a snapshot.
package struct Diagnosis: Sendable {
  /// One thing that is looked at.
  package struct Check: Sendable {
    /// Short name, which findings carry.
    package let name: String
    /// What holds when it finds nothing.
    package let passed: String
    let find: @Sendable (StatusSnapshot, DiagnosisLimits) -> [Finding]
    /// What it cannot do without, as ``StatusSnapshot/unseen`` names it.
    let needs: [String]

    init(
      name: String, passed: String, needs: [String] = [],
      find: @escaping @Sendable (StatusSnapshot, DiagnosisLimits) -> [Finding]
    ) {
      self.name = name
      self.passed = passed
      self.needs = needs
      self.find = find
    }

    /// Whether the role saw what the check looks at.
    func isPossible(_ snapshot: StatusSnapshot) -> Bool {
      !snapshot.unseen.contains { line in needs.contains { line.hasPrefix($0) } }
    }
  }

  /// The worst first, then in the order of the checks.
  package let findings: [Finding]
  /// Checks that found nothing.
  package let passed: [Check]
  /// Checks that found nothing, but did not see all that they look at.
  package let impossible: [Check]

  package init(_ snapshot: StatusSnapshot, limits: DiagnosisLimits = DiagnosisLimits()) {
    var findings: [Finding] = []
    var passed: [Check] = []
    var impossible: [Check] = []
    for check in Self.checks {
      let found = check.find(snapshot, limits)
      if found.isEmpty {
        if check.isPossible(snapshot) { passed.append(check) } else { impossible.append(check) }
      }
      findings += found
    }
    self.findings = Finding.Severity.allCases.reversed().flatMap { severity in
      findings.filter { $0.severity == severity }
    }
    self.passed = passed
    self.impossible = impossible
  }

  /// The worst severity; `nil` when nothing was found.
  package var worst: Finding.Severity? { findings.map(\.severity).max() }

  /// Everything that is looked at, in the order in which it is told.
  package static let checks: [Check] =
    schemaChecks + tickerChecks + rotationChecks + consumerChecks + failureChecks + queueChecks + replicationChecks
    + nodeChecks + serverChecks
}

/// Words for commands.
enum CommandText {
  /// A word as a shell takes it.
  static func shell(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      byte == 0x2d || byte == 0x2e || byte == 0x5f || byte == 0x3a || (0x30...0x39).contains(byte)
        || (0x61...0x7a).contains(byte | 0x20)
    }
    return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }

  /// A text as SQL takes it.
  static func sql(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }
}
