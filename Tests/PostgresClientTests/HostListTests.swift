import Testing

@testable import PostgresClient

@Suite struct HostListTests {
  @Test func oneServerHasNoSuccessor() {
    let list = HostList(host: "a", hostaddr: nil, port: "5432")
    #expect(list.count == 1)
    #expect(list.remaining(afterHost: "a", port: "5432") == nil)
    #expect(HostList(host: nil, hostaddr: nil, port: nil).count == 1)
  }

  @Test func theRestFollowsTheCurrentServer() throws {
    let list = HostList(host: "a,b,c", hostaddr: nil, port: "1,2,3")
    let rest = try #require(list.remaining(afterHost: "a", port: "1"))
    #expect(rest == HostList(host: "b,c", hostaddr: nil, port: "2,3"))
    #expect(rest.parameters.map(\.0) == ["host", "port"])
    #expect(rest.parameters.map(\.1) == ["b,c", "2,3"])
    #expect(list.remaining(afterHost: "c", port: "3") == nil)
  }

  @Test func oneHostOnTwoPortsIsTwoServers() {
    let list = HostList(host: "a,a", hostaddr: nil, port: "1,2")
    #expect(list.remaining(afterHost: "a", port: "1") == HostList(host: "a", hostaddr: nil, port: "2"))
    #expect(list.remaining(afterHost: "a", port: "2") == nil)
  }

  @Test func onePortServesAll() {
    let list = HostList(host: "a,b", hostaddr: "10.0.0.1,10.0.0.2", port: "7")
    #expect(
      list.remaining(afterHost: "a", port: "7") == HostList(host: "b", hostaddr: "10.0.0.2", port: "7"))
    #expect(list.remaining(afterHost: "10.0.0.1", port: "7")?.hosts == ["b"])
  }

  @Test func anUnknownPlaceEndsTheSearch() {
    #expect(HostList(host: "a,b", hostaddr: nil, port: nil).remaining(afterHost: "z", port: "1") == nil)
  }
}
