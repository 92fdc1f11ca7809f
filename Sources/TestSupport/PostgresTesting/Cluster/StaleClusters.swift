import Foundation
import Glibc

/// Clusters left by processes that died together with their watchdog.
enum StaleClusters {
  /// Kills the servers and removes the directories of clusters whose owner is dead. Kept clusters have no owner file.
  static func sweep() {
    for base in ClusterDirectory.bases {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? []
      for name in names where name.hasPrefix(ClusterDirectory.prefix) {
        let directory = ClusterDirectory(path: "\(base)/\(name)")
        guard let text = try? String(contentsOfFile: directory.owner, encoding: .utf8),
          let owner = ProcessIdentity(text: text), !owner.isAlive
        else { continue }
        for pid in directory.processes { kill(pid, SIGKILL) }
        directory.remove()
      }
    }
  }
}
