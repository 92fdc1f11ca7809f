import Foundation
import PostgresTesting

/// Configuration and processes of the original's programs for some nodes.
struct OriginalCascade {
  static let londiste = "/usr/bin/londiste"

  let databases: [(node: String, database: TestDatabase)]
  let scratch: Scratch

  init(_ databases: [(node: String, database: TestDatabase)]) throws {
    self.databases = databases
    scratch = try Scratch()
    _ = try scratch.write("admin.py", Self.admin)
    _ = try scratch.write("worker.py", Self.worker)
    for (node, _) in databases {
      let names = "queue_name = q\nloop_delay = 0.05\nexception_sleep = 1\n"
      _ = try scratch.write(
        "admin_\(node).ini",
        "[cascade_admin]\njob_name = admin_\(node)\nnode_db = \(location(node))\npidfile = \(scratch.path)/a_\(node).pid\n"
          + names)
      // the plain worker writes as an ordinary user, which the queue of a branch refuses; Londiste's is a replica
      _ = try scratch.write(
        "worker_\(node).ini",
        "[cascade_worker]\njob_name = w_\(node)\npidfile = \(scratch.path)/w_\(node).pid\n"
          + "node_db = \(location(node)) options='-c session_replication_role=replica'\n"
          + "global_wm_publish_period = 1\nlocal_wm_publish_period = 1\n" + names)
      _ = try scratch.write(
        "londiste_\(node).ini",
        "[londiste]\njob_name = l_\(node)\npidfile = \(scratch.path)/l_\(node).pid\n"
          + "logfile = \(scratch.path)/l_\(node).log\ndb = \(location(node))\nparallel_copies = 4\n"
          + "global_wm_publish_period = 1\nlocal_wm_publish_period = 1\n" + names)
    }
  }

  func location(_ node: String) -> String {
    (databases.first { $0.node == node }?.database.connectionString ?? "").replacing("'", with: "")
  }

  func administer(_ node: String, _ arguments: [String]) async throws {
    let settings = "\(scratch.path)/admin_\(node).ini"
    _ = try await Program([OriginalPgQ.python, "\(scratch.path)/admin.py", settings] + arguments).runChecked()
  }

  /// Runs a command of Londiste and returns what it said.
  @discardableResult
  func londiste(_ node: String, _ arguments: [String]) async throws -> String {
    let output = try await londisteProgram(node, arguments).runChecked()
    return output.standardOutput + output.standardError
  }

  private func londisteProgram(_ node: String, _ arguments: [String]) -> Program {
    Program([Self.londiste, "\(scratch.path)/londiste_\(node).ini"] + arguments)
  }

  /// Runs the original's workers, for every node or for those named, and one ticker while `body` works. Other nodes are served by
  /// ours.
  func run(withLondiste: Bool = false, workers: [String]? = nil, _ body: () async throws -> Void) async throws {
    guard let first = databases.first?.database else { return }
    let environment = first.cluster.environment()
    let ticker = try scratch.write(
      "pgqd.ini",
      """
      [pgqd]
      base_connstr = host=\(environment["PGHOST"] ?? "") port=\(environment["PGPORT"] ?? "") user=postgres
      initial_database = \(first.name)
      database_list = \(databases.map(\.database.name).joined(separator: ","))
      syslog = 0
      ticker_period = 0.05
      check_period = 1
      pidfile = \(scratch.path)/pgqd.pid
      """)
    var programs = [try Program([OriginalPgQ.ticker, ticker]).start()]
    do {
      for (node, database) in databases {
        let settings = "\(scratch.path)/worker_\(node).ini"
        guard workers?.contains(node) ?? true else {
          programs.append(
            try TrunklineProgram.command([
              "replicate", "--db", database.connectionString, "--queue", "q", "--watermark-interval", "1s",
            ]).start())
          continue
        }
        let plain = Program([OriginalPgQ.python, "\(scratch.path)/worker.py", settings])
        programs.append(try (withLondiste ? londisteProgram(node, ["worker"]) : plain).start())
      }
      try await body()
    } catch {
      for program in programs { _ = try? await program.terminate() }
      throw error
    }
    for program in programs { try await program.terminate() }
  }

  /// The option is one that the program asks for but does not define.
  private static let admin = """
    import sys
    from pgq.cascade.admin import CascadeAdmin

    class Admin(CascadeAdmin):
        def init_optparse(self, parser=None):
            parser = super().init_optparse(parser)
            parser.add_option("--all", action="store_true")
            return parser

    Admin("cascade_admin", "node_db", sys.argv[1:], worker_setup=False).start()
    """

  private static let worker = """
    import sys
    from pgq.cascade.worker import CascadedWorker

    class Worker(CascadedWorker):
        def process_remote_event(self, src_curs, dst_curs, ev):
            if ev.type.startswith("pgq."):
                return super().process_remote_event(src_curs, dst_curs, ev)
            ev.tag_done()

    Worker("cascade_worker", "node_db", sys.argv[1:]).start()
    """
}
