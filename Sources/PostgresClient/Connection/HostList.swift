/// The servers that a connection string names, as libpq takes them: comma-separated, ports and addresses in parallel.
struct HostList: Equatable {
  var hosts: [String]
  var addresses: [String]
  var ports: [String]

  init(host: String?, hostaddr: String?, port: String?) {
    func list(_ text: String?) -> [String] {
      text.map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) } ?? []
    }
    hosts = list(host)
    addresses = list(hostaddr)
    ports = list(port)
  }

  /// How many servers there are to try.
  var count: Int { max(hosts.count, addresses.count, 1) }

  /// The servers behind the first one that libpq says it is at; `nil` when there are none or the place is unknown.
  func remaining(afterHost host: String, port: String) -> HostList? {
    let position = (0..<count).first { position in
      let names = [hosts, addresses].filter { position < $0.count }.map { $0[position] }
      let ownPort = ports.count > 1 ? ports[position] : ports.first ?? port
      return names.contains(host) && (ownPort == port || ownPort.isEmpty)
    }
    guard let position, position + 1 < count else { return nil }
    var rest = self
    rest.hosts = Array(hosts.dropFirst(position + 1))
    rest.addresses = Array(addresses.dropFirst(position + 1))
    if ports.count > 1 { rest.ports = Array(ports.dropFirst(position + 1)) }
    return rest
  }

  /// The list as connection parameters, which win over the same ones in the connection string.
  var parameters: [(String, String)] {
    var all: [(String, String)] = []
    if !hosts.isEmpty { all.append(("host", hosts.joined(separator: ","))) }
    if !addresses.isEmpty { all.append(("hostaddr", addresses.joined(separator: ","))) }
    if !ports.isEmpty { all.append(("port", ports.joined(separator: ","))) }
    return all
  }
}
