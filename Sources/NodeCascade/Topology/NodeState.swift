/// What one node says about itself.
public struct NodeState: Codable, Sendable, Equatable {
  /// A node that reads from this one.
  public struct Subscriber: Codable, Sendable, Equatable {
    /// The node and the consumer that its worker uses.
    public var node: String, worker: String
    /// The tick after which its worker goes on.
    public var workerTick: Int64?
    /// The tick up to which everything is finished there and below.
    public var watermark: Int64?
    /// Seconds since that worker was last seen, and since the tick that it finished was made.
    public var lastSeen: Double?, lag: Double?

    /// A subscriber.
    public init(
      node: String, worker: String, workerTick: Int64? = nil, watermark: Int64? = nil, lastSeen: Double? = nil,
      lag: Double? = nil
    ) {
      self.node = node
      self.worker = worker
      self.workerTick = workerTick
      self.watermark = watermark
      self.lastSeen = lastSeen
      self.lag = lag
    }
  }

  /// The process that keeps the node up to date, as far as the database knows of it.
  public struct Worker: Codable, Sendable, Equatable {
    /// The name of its consumer.
    public var name: String
    /// The tick up to which it has finished everything; on the root the newest tick.
    public var tick: Int64
    /// Whether it was asked to stop after its batch, and whether it has confirmed the last thing it was asked.
    public var isPaused: Bool, isUpToDate: Bool
    /// What stopped it.
    public var error: String?

    /// A worker.
    public init(name: String, tick: Int64, isPaused: Bool = false, isUpToDate: Bool = true, error: String? = nil) {
      self.name = name
      self.tick = tick
      self.isPaused = isPaused
      self.isUpToDate = isUpToDate
      self.error = error
    }
  }

  /// Tables of the set: in sync, being copied, known but not replicated here.
  public struct Tables: Codable, Sendable, Equatable {
    /// Numbers of tables.
    public var inSync = 0, copying = 0, ignored = 0
    /// The first hundred that are not in sync, and that are not replicated here.
    public var copyingNames: [String] = [], ignoredNames: [String] = []

    /// None.
    public init() {}
  }

  /// A leaf of another queue, in the same database, that fills this node's queue.
  public struct Merge: Codable, Sendable, Equatable {
    /// The queue that it reads.
    public var queue: String
    /// Its worker.
    public var worker: Worker

    /// A merging leaf.
    public init(queue: String, worker: Worker) {
      self.queue = queue
      self.worker = worker
    }
  }

  /// The node's name and type.
  public var name: String, type: NodeType
  /// The node it reads from; itself on the root.
  public var provider: String
  /// Its worker.
  public var worker: Worker
  /// The tick before which no node needs anything; not known on a leaf. The same of this node and those below it.
  public var globalWatermark: Int64?, localWatermark: Int64?
  /// The newest tick of the queue's copy here, and its age in seconds; none on a leaf.
  public var newestTick: Int64?, newestTickAge: Double?
  /// Whether the queue refuses inserts, whether it does so for every snapshot, and whether all events are before the newest tick.
  public var refusesInserts = false, isClosed = false, endsWithTick = false
  /// The nodes that read from this one.
  public var subscribers: [Subscriber] = []
  /// The member map as this node has it.
  public var members: [NodeLocation] = []
  /// The queue that a merging leaf fills, and on that queue's node the queues that are merged into it.
  public var combinedQueue: String?, mergedQueues: [String] = []
  /// The leaves that fill this node's queue, by their queues.
  public var merges: [Merge] = []
  /// Urlencoded attributes.
  public var attributes: String?
  /// Consumers that keep the events since the failure of a root, by the name of that node.
  public var gravestones: [String: Int64] = [:]
  /// Tables, where the set replicates any.
  public var tables: Tables?

  /// A node with the least that it has.
  public init(name: String, type: NodeType, provider: String, worker: Worker) {
    self.name = name
    self.type = type
    self.provider = provider
    self.worker = worker
  }
}
