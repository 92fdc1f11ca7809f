import CrashKit
import PostgresClient

/// One writer: works on whatever node is the root, through crashes and switchovers, and notes what was confirmed.
struct CascadeWriter: Sendable {
  let number: Int
  let seed: UInt64
  let nodes: CascadeNodes

  /// Writes until the task is cancelled.
  ///
  /// - Returns: the numbers of the transactions whose commit was confirmed.
  func run() async -> Set<Int64> {
    var random = SeededGenerator(seed: seed, purpose: "writer \(number)")
    var confirmed: Set<Int64> = []
    var connection: (node: String, session: PostgresConnection)?
    var next: Int64 = 0
    while !Task.isCancelled {
      next += 1
      let script = transaction(next, &random)
      do {
        let root = nodes.root
        if connection?.node != root {
          await connection?.session.close()
          var configuration = PostgresConfiguration(nodes.connection(root), applicationName: "writer")
          configuration.connectTimeout = .seconds(5)
          connection = (root, try await PostgresConnection.connect(configuration))
        }
        try await connection?.session.execute(script)
        confirmed.insert(next)
      } catch is CancellationError {
        break
      } catch {
        // Refused, crashed, cut, or a conflict with another writer: what was not confirmed may be there or not.
        await connection?.session.close()
        connection = nil
        try? await Task.sleep(for: .milliseconds(20))
      }
    }
    await connection?.session.close()
    return confirmed
  }

  private func transaction(_ sequence: Int64, _ random: inout SeededGenerator) -> String {
    let (from, to) = (Int.random(in: 1...200, using: &random), Int.random(in: 1...200, using: &random))
    var lines = [
      "begin",
      "update account set balance = balance - 1 where id = \(from)",
      "update account set balance = balance + 1 where id = \(to)",
      "insert into ledger select \(number), \(sequence), min(id), \(sequence % 100) from account where id in (\(from), \(to), 1000 + \(from))",
    ]
    switch Int.random(in: 0..<8, using: &random) {
    case 0:  // the key of a row that others refer to
      lines.append(
        "update account set id = case when id > 1000 then id - 1000 else id + 1000 end where id in (\(from), 1000 + \(from))"
      )
    case 1:  // unique values change places
      let (one, other) = (Int.random(in: 1...50, using: &random), Int.random(in: 1...50, using: &random))
      lines.append("set constraints all deferred")
      lines.append(
        """
        update seat s set place = o.place from seat o
        where s.id in (\(one), \(other)) and o.id in (\(one), \(other)) and s.id <> o.id
        """)
    case 2:
      let id = Int.random(in: 1...50, using: &random)
      lines.append("update wide set payload = repeat(md5('\(sequence) \(id)'), 300) where id = \(id)")
    case 3:  // the wide value stays as it is
      lines.append("update wide set note = '\(sequence)' where id = \(Int.random(in: 1...50, using: &random))")
    case 4:
      lines.append(
        "update parted set area = (area + 1) % 4, changes = changes + 1 where id = \(Int.random(in: 1...100, using: &random))"
      )
    case 5:
      let id = 10_000 + Int.random(in: 1...50, using: &random)
      lines.append("insert into account values (\(id), 'new') on conflict (id) do update set owner = 'again'")
      if random.chance(50) {
        lines.append("delete from account where id = \(id) and not exists (select 1 from ledger where account = \(id))")
      }
    case 6:
      lines.append("delete from parted where id = \(Int.random(in: 101...150, using: &random))")
      lines.append(
        "insert into parted values (\(Int.random(in: 101...150, using: &random)), \(Int.random(in: 0..<5, using: &random))) on conflict do nothing"
      )
    default:
      if random.chance(3) {
        lines.append("truncate wide; insert into wide select g, repeat('x', 3000) from generate_series(1, 50) g")
      }
    }
    lines.append("commit")
    return lines.joined(separator: ";\n")
  }
}
