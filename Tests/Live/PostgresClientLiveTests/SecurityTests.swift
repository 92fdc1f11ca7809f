import Foundation
import PostgresClient
import PostgresTesting
import Testing

/// What libpq brings along: encryption, SCRAM, password files.
@Suite(.timeLimit(.minutes(5))) struct SecurityTests {
  @Test func certificatesPasswordsAndPasswordFiles() async throws {
    try await PrivateCluster.with(
      ClusterConfiguration(
        tcp: true, authentication: ["local all postgres trust", "hostssl all all 127.0.0.1/32 scram-sha-256"])
    ) { cluster async throws in
      let certificate = try await makeCertificate(for: cluster)
      let setup = try await PostgresConnection.connect(cluster.connectionString())
      try await setup.execute("alter system set ssl = on")
      try await setup.execute("create role joe login password 's3cr:et'")
      await setup.close()
      try await cluster.restart()
      let base = "host=127.0.0.1 port=\(cluster.port) dbname=postgres user=joe"

      let verified = base + " sslmode=verify-full sslrootcert=\(certificate)"
      let connection = try await PostgresConnection.connect(verified + " password='s3cr:et'")
      #expect(try await connection.value("select ssl from pg_stat_ssl where pid = pg_backend_pid()", as: Bool.self))
      // More than a TLS record in both directions, and a cancellation, through the encrypted connection.
      let big = String(repeating: "x", count: 3_000_000)
      #expect(try await connection.value("select \(big)::text", as: String.self) == big)
      try await connection.execute("create temp table t (a text)")
      try await connection.copyIn("copy t from stdin") { for _ in 0..<50 { try await $0.write(big + "\n") } }
      let bytes = try await connection.copyOut("copy t to stdout") { chunks in
        var bytes = 0
        for try await chunk in chunks { bytes += chunk.count }
        return bytes
      }
      #expect(bytes == 50 * 3_000_001)
      let task = Task { try await connection.query("select pg_sleep(60)") }
      let observer = try await PostgresConnection.connect(verified + " password='s3cr:et'")
      try await pollUntil("the statement to run") {
        try await observer.value(
          "select exists (select from pg_stat_activity where query = 'select pg_sleep(60)' and state = 'active')",
          as: Bool.self)
      }
      await observer.close()
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      #expect(try await connection.value("select 5", as: Int.self) == 5)
      await connection.close()

      let passwords = "\(certificate).pass"
      try "127.0.0.1:\(cluster.port):*:joe:s3cr\\:et\n".write(toFile: passwords, atomically: true, encoding: .utf8)
      chmod(passwords, 0o600)
      let byFile = try await PostgresConnection.connect(verified + " passfile=\(passwords)")
      #expect(try await byFile.value("select current_user", as: String.self) == "joe")
      await byFile.close()

      let wrong = try await postgresError { try await PostgresConnection.connect(verified + " password=s3cret") }
      #expect(wrong.sqlState == "28P01" && !wrong.isTransient && !wrong.detailedDescription.contains("s3cret"))
      let none = try await postgresError { try await PostgresConnection.connect(verified + " passfile=/dev/null") }
      #expect(none.sqlState == "28P01" && none.hint != nil)
      let unencrypted = try await postgresError {
        try await PostgresConnection.connect(base + " sslmode=disable password='s3cr:et'")
      }
      #expect(unencrypted.sqlState == "28000")
      // The certificate names 127.0.0.1, not this name of the same machine.
      let otherName = verified.replacing("host=127.0.0.1", with: "host=other.test hostaddr=127.0.0.1")
      let mismatch = try await postgresError { try await PostgresConnection.connect(otherName + " password='s3cr:et'") }
      #expect(mismatch.code == .connectionFailed && mismatch.message.contains("does not match host name"))
    }
  }

  /// A self-signed certificate for 127.0.0.1 in the server's directory; the path of the certificate.
  private func makeCertificate(for cluster: PrivateCluster) async throws -> String {
    let data = cluster.dataDirectory
    let made = Program([
      "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
      "subjectAltName=IP:127.0.0.1", "-keyout", "\(data)/server.key", "-out", "\(data)/server.crt",
    ])
    _ = try await made.runChecked()
    var status = stat()
    stat(data, &status)
    for name in ["server.key", "server.crt"] {
      chown("\(data)/\(name)", status.st_uid, status.st_gid)
      chmod("\(data)/\(name)", 0o600)
    }
    return "\(data)/server.crt"
  }
}
