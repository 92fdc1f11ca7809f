import PostgresClient

/// Makes the source stand still at a tick, for those who read it.
///
/// Where events are made, a tick is made and its snapshot taken over. A node that gets its ticks from elsewhere is read at the
/// tick it happens to stand at.
struct TickAnchor: Sendable {
  /// Where ticks come from.
  enum Ticks: Sendable, Equatable { case own, external }

  /// A tick, and the snapshot that it recorded where that is known.
  struct Point: Sendable { var tick: Int64, snapshot: String? }

  let queue: String
  let ticks: Ticks
  /// Makes and holds ticks.
  let control: PostgresConnection

  /// Begins transactions in `sessions` that see the source as of a tick.
  ///
  /// - Parameter holds: keep later ticks from coming until ``release()``, so that a reader that joins ticks cannot jump over
  ///   this one. Writers are not held.
  func take(_ sessions: [PostgresConnection], holds: Bool) async throws -> Point {
    switch ticks {
    case .own:
      return try await control.transaction { control in
        let row = try await control.query(
          "select tick_id, snapshot_name, tick_snapshot::text from trunkline.make_tick_snapshot(\(queue), \(holds))"
        ).first
        guard let (tick, name, snapshot) = try row?.decode(Int64.self, String.self, String.self) else {
          throw PostgresError(.decoding, "make_tick_snapshot returned nothing")
        }
        try await SharedSnapshot.adopt(name, sessions[...])
        return Point(tick: tick, snapshot: snapshot)
      }
    case .external:
      let position = PositionReading.node(queue)
      if holds {
        try await control.execute("begin")
        try await control.query(
          """
          select 1 from pgq_node.local_state s join pgq_node.node_info n
            on s.queue_name = n.queue_name and s.consumer_name = n.worker_name
          where n.queue_name = \(queue) for share of s
          """)
      }
      guard let tick = try await SharedSnapshot.take(sessions, { try await position.read($0) }) else {
        throw PostgresError(.decoding, "the node has no position")
      }
      return Point(tick: tick, snapshot: nil)
    }
  }

  /// Lets ticks come again.
  func release() async {
    do {
      switch ticks {
      case .own: try await control.query("select trunkline.release_ticks(\(queue))")
      case .external: if await control.isInTransaction { try await control.execute("rollback") }
      }
    } catch {
      // what a session holds ends with it
      await control.close()
    }
  }
}
