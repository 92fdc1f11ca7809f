import Glibc
import Synchronization

/// Forwards TCP connections on 127.0.0.1 to a server, and can cut or hold them: a network that fails on command.
public final class TCPProxy: Sendable {
  /// Where connections lead.
  public enum Target: Sendable {
    /// A port of 127.0.0.1.
    case port(Int)
    /// A Unix socket.
    case socket(path: String)
  }

  /// The port of 127.0.0.1 to connect to.
  public let port: Int
  private let listener: Listener
  private let target: Target
  private let valve = Valve()
  private let links = Mutex(Links())

  private struct Links {
    var open: [ObjectIdentifier: Link] = [:]
    var closed = false
    var refuses = false
  }

  /// Starts to listen on a free port.
  public init(to target: Target) throws {
    self.target = target
    listener = try Listener()
    port = listener.port
    listener.start { [weak self] client in
      guard let self else { return false }
      self.admit(client)
      return true
    }
  }

  /// A proxy in front of the socket of `cluster`.
  public convenience init(to cluster: PrivateCluster) throws {
    try self.init(to: .socket(path: "\(cluster.path)/.s.PGSQL.\(cluster.port)"))
  }

  /// Resets every open connection at once, as a cut cable and a firewall do. New ones are still accepted.
  public func cut() {
    let open = links.withLock { links in
      defer { links.open = [:] }
      return links.open.values
    }
    for link in open { link.reset() }
  }

  /// Whether new connections are closed at once.
  public func refuse(_ refuses: Bool) { links.withLock { $0.refuses = refuses } }

  /// Holds all bytes in both directions; connections stay open and silent.
  public func pause() { valve.set(open: false) }

  /// Lets held bytes flow again.
  public func resume() { valve.set(open: true) }

  /// How many connections are open.
  public var connectionCount: Int { links.withLock { $0.open.count } }

  /// Cuts everything and stops to listen.
  public func stop() {
    links.withLock { $0.closed = true }
    listener.stop()
    cut()
    valve.set(open: true)
  }

  deinit { listener.stop() }

  private func admit(_ client: Int32) {
    guard links.withLock({ !$0.closed && !$0.refuses }), let server = try? connect() else {
      close(client)
      return
    }
    let link = Link(client: client, server: server)
    links.withLock { $0.open[ObjectIdentifier(link)] = link }
    link.start(through: valve) { [weak self] in
      self?.links.withLock { _ = $0.open.removeValue(forKey: ObjectIdentifier(link)) }
    }
  }

  private func connect() throws -> Int32 {
    switch target {
    case .port(let port): try LoopbackSocket.connected(port: port)
    case .socket(let path): try LoopbackSocket.connected(path: path)
    }
  }
}
