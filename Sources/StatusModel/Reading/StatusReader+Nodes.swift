import PostgresClient

extension StatusReader {
  func nodes(_ visible: VisibleObjects) async throws -> [NodeSnapshot] {
    guard
      visible.sees("pgq_node.node_info", "pgq_node.local_state", "pgq_node.node_location", "pgq_node.subscriber_info"),
      visible.sees("pgq.queue", "pgq.subscription", "pgq.consumer")
    else { return [] }
    var nodes = try await connection.query(
      """
      select n.queue_name, n.node_name, n.node_type, coalesce(s.provider_node, ''), n.worker_name, coalesce(s.last_tick_id, 0),
             coalesce(s.paused, false), coalesce(s.uptodate, false), nullif(s.cur_error, ''),
             coalesce(q.queue_disable_insert, false),
             array(select u.subscriber_node from pgq_node.subscriber_info u
                   join pgq_node.node_location l on l.queue_name = u.queue_name and l.node_name = u.subscriber_node
                   where u.queue_name = n.queue_name and l.dead order by 1),
             array(select left(c.co_name, -length('.gravestone')) from pgq.subscription t
                   join pgq.consumer c on c.co_id = t.sub_consumer
                   where t.sub_queue = q.queue_id and c.co_name like '%.gravestone' order by 1)
      from pgq_node.node_info n
      left join pgq_node.local_state s on s.queue_name = n.queue_name and s.consumer_name = n.worker_name
      left join pgq.queue q on q.queue_name = n.queue_name and n.node_type <> 'leaf'
      order by 1
      """
    ).map { row in
      var node = NodeSnapshot(
        queue: try row.decode(0), name: try row.decode(1), type: try row.decode(2), provider: try row.decode(3),
        worker: try row.decode(4))
      node.lastTick = try row.decode(5)
      node.isPaused = try row.decode(6)
      node.isUpToDate = try row.decode(7)
      node.error = try row.decode(8)
      node.refusesInserts = try row.decode(9)
      node.deadSubscribers = try row.decode(10)
      node.gravestones = try row.decode(11)
      return node
    }
    guard visible.sees("londiste.table_info"), !nodes.isEmpty else { return nodes }
    let tables = try await connection.query(
      """
      select queue_name, table_name || coalesce(' (' || merge_state || ')', '') from londiste.table_info
      where local and merge_state is distinct from 'ok' order by nr limit 100
      """)
    for row in tables {
      let (queue, table) = try row.decode(String.self, String.self)
      for index in nodes.indices where nodes[index].queue == queue { nodes[index].unfinishedTables.append(table) }
    }
    guard visible.sees("trunkline.set_copy") else { return nodes }
    let errors = try await connection.query(
      "select queue_name, table_name || ': ' || error from trunkline.set_copy where error is not null order by 1, 2 limit 100"
    )
    for row in errors {
      let (queue, error) = try row.decode(String.self, String.self)
      for index in nodes.indices where nodes[index].queue == queue { nodes[index].copyErrors.append(error) }
    }
    return nodes
  }
}
