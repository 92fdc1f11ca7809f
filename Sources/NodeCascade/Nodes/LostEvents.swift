import Glibc
import PostgresClient
import ServiceRuntime

/// The events of a queue after a tick, as a file with one JSON object a line.
struct LostEvents: Sendable {
  let queue: String
  let tick: Int64

  /// Writes the file. One that is there already is left alone; it must be the very same, as after an attempt that was broken off.
  ///
  /// - Throws: ``CascadeError`` about the file; `PostgresError`.
  func store(at path: String, _ connection: PostgresConnection) async throws {
    let partial = path + ".partial"
    let file = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw failure(partial) }
    do {
      try await connection.stream(query) { rows in
        var pending: [UInt8] = []
        for try await row in rows {
          pending += (try row.decode(0, as: String.self) + "\n").utf8
          if pending.count >= 65536 { try flush(&pending, file, partial) }
        }
        try flush(&pending, file, partial)
      }
      guard fsync(file) == 0 else { throw failure(partial) }
      close(file)
    } catch {
      close(file)
      unlink(partial)
      throw error
    }

    if access(path, F_OK) == 0 {
      guard Self.isSame(path, partial) else {
        unlink(partial)
        throw CascadeError(
          "the file \(path) is there already, and holds something else than these events",
          hint: "name another one with --dump, or move it away", exitCode: .usage)
      }
      unlink(partial)
    } else if rename(partial, path) != 0 {
      throw failure(path)
    }
  }

  /// An event was lost if its transaction is not among those that the tick has seen, however long it had been running.
  private var query: PostgresQuery {
    """
    select json_build_object(
             'tick_id', (select n.tick_id from pgq.tick n
                         where n.tick_queue = q.queue_id and n.tick_id > t.tick_id
                           and txid_visible_in_snapshot(e.ev_txid, n.tick_snapshot)
                         order by n.tick_id limit 1),
             'ev_id', e.ev_id, 'ev_time', e.ev_time at time zone 'UTC', 'ev_txid', e.ev_txid, 'ev_retry', e.ev_retry,
             'ev_type', e.ev_type, 'ev_data', e.ev_data, 'ev_extra1', e.ev_extra1, 'ev_extra2', e.ev_extra2,
             'ev_extra3', e.ev_extra3, 'ev_extra4', e.ev_extra4)::text
    from pgq.queue q
    join pgq.tick t on t.tick_queue = q.queue_id and t.tick_id = \(tick)
    join pgq.event_template e on e.ev_queue = q.queue_id and not txid_visible_in_snapshot(e.ev_txid, t.tick_snapshot)
    where q.queue_name = \(queue)
    order by e.ev_id
    """
  }

  private func flush(_ bytes: inout [UInt8], _ file: Int32, _ path: String) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      guard count > 0 else { throw failure(path) }
      rest = rest.dropFirst(count)
    }
    bytes.removeAll(keepingCapacity: true)
  }

  private func failure(_ path: String) -> CascadeError {
    CascadeError(
      "cannot write \(path): \(String(cString: strerror(errno)))", hint: "name another file with --dump",
      exitCode: .failure)
  }

  private static func isSame(_ first: String, _ second: String) -> Bool {
    guard let a = fopen(first, "re") else { return false }
    defer { fclose(a) }
    guard let b = fopen(second, "re") else { return false }
    defer { fclose(b) }
    var left = [UInt8](repeating: 0, count: 65536)
    var right = left
    while true {
      let count = fread(&left, 1, left.count, a)
      guard fread(&right, 1, right.count, b) == count, left[..<count] == right[..<count] else { return false }
      if count == 0 { return true }
    }
  }
}
