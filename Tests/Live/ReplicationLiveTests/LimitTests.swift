import Foundation
import Glibc
import PostgresClient
import PostgresTesting
import TableReplication
import Testing

/// Memory and disk: the worker's memory does not grow with the transaction, and a full disk of the target loses nothing.
@Suite struct LimitTests {
  /// The rows of the largest transaction; `TRUNKLINE_LARGE_ROWS=5000000` for a longer run.
  static let rows = ProcessInfo.processInfo.environment["TRUNKLINE_LARGE_ROWS"].flatMap { Int($0) } ?? 1_000_000

  @Test(.timeLimit(.minutes(10))) func memoryStaysConstantInAHugeTransaction() async throws {
    try await ReplicationFixture.with(tables: "create table t (id int primary key, v text);", captured: ["t"]) {
      fixture in
      try await fixture.worker().drain()
      let worker = try FailurePointTests.start(fixture)
      try await fixture.source.run("insert into t select -g, 'small' from generate_series(1, 3000) g")
      try await fixture.waitUntilApplied()
      let before = try Self.peak(worker)
      try await fixture.source.run(
        "insert into t select g, 'a row of some length' from generate_series(1, \(Self.rows)) g")
      try await fixture.waitUntilApplied(timeout: .seconds(400))
      let after = try Self.peak(worker)
      #expect(after - before < 50_000, "peak \(before) kB, then \(after) kB")
      try await worker.terminate()
      #expect(try await fixture.target.value("select count(*)::text from t") == "\(Self.rows + 3000)")
      #expect(try await fixture.target.value("select events::text from trunkline.position") == "\(Self.rows + 3000)")
    }
  }

  /// The most memory that the program ever had, in kB.
  static func peak(_ program: RunningProgram) throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(program.processIdentifier)/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
    return Int(line.filter(\.isNumber)) ?? 0
  }

  /// Needs the right to mount a file system: runs as root only, and says so otherwise.
  @Test(.enabled(if: geteuid() == 0, "only root may mount the small file system"))
  func aFullDiskOfTheTargetLosesNothing()
    async throws
  {
    let target = try await PrivateCluster.boot()
    let disk = "\(target.path)/small"
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    // The tablespace must belong to the server's user.
    var owner = stat()
    #expect(stat(target.dataDirectory, &owner) == 0)
    let options = "size=16m,mode=700,uid=\(owner.st_uid),gid=\(owner.st_gid)"
    let mounted = try await Program(["mount", "-t", "tmpfs", "-o", options, "tmpfs", disk]).run()
    guard mounted.status == 0 else {
      print("skipped: mount is not allowed here: \(mounted.standardError)")
      await target.remove()
      return
    }
    do {
      try await fill(target, disk)
    } catch {
      await target.stop(.immediate)
      _ = try await Program(["umount", "-l", disk]).run()
      await target.remove()
      throw error
    }
    await target.stop(.immediate)
    _ = try await Program(["umount", "-l", disk]).run()
    await target.remove()
  }

  private func fill(_ target: PrivateCluster, _ disk: String) async throws {
    let source = try await SharedCluster.shared()
    try await PostgresTools(cluster: target).psql("create tablespace small location '\(disk)';")
    let tables = "create table t (id int primary key, v text);"
    try await ReplicationFixture.with(
      clusters: (source, target), tables: tables,
      onTarget: """
        alter table t set tablespace small; create table filler tablespace small as
          select repeat('x', 1000) v from generate_series(1, 9000)
        """, captured: ["t"]
    ) { fixture in
      try await fixture.worker().drain()
      try await fixture.change("insert into t values (0, 'before')")
      try await running(fixture.worker()) {
        try await fixture.source.run("insert into t select g, repeat('y', 1000) from generate_series(1, 8000) g")
        try await fixture.tick()
        try await fixture.target.withConnection { connection in
          try await pollUntil("the error to be stored") {
            try await connection.query("select error is not null from trunkline.position").first?
              .decode(0, as: Bool.self) ?? false
          }
        }
        let error = try await fixture.target.value("select error from trunkline.position")
        for word in ["queue \"changes\", ticks", "No space left on device", "make room on the disk of the target"] {
          #expect(error.contains(word), "\(error)")
        }
        #expect(try await fixture.target.value("select count(*)::text from t") == "1")
        try await fixture.target.run("drop table filler; checkpoint")
        try await fixture.waitUntilApplied()
      }
      try await fixture.expectEqual("t")
      try await fixture.target.run("drop table t")
    }
  }
}
