import EventFormats
import Testing

@testable import TableReplication

/// What happens to the tables of a set that are to be copied, decided from what the database says.
@Suite struct CopyStepTests {
  private func copy(_ state: String?, table: String = "public.t", tick: Int64? = nil, copied: String? = nil) throws
    -> SetCopy
  {
    var copy = SetCopy(table: table, destination: try QualifiedName(unquoted: table))
    copy.state = state
    copy.tick = tick
    copy.copied = copied
    return copy
  }

  private func step(_ copy: SetCopy?, worker: Int64 = 10, hasSource: Bool = true) throws -> CopyStep {
    CopyStep(copy, workerTick: worker, attributes: try CopyAttributes("max_parallel_copy=2"), hasSource: hasSource)
  }

  @Test func copiedThenFollowedThenEnded() throws {
    #expect(try step(copy(nil)) == .wait)
    #expect(try step(copy("in-copy")) == .wait, "changes are not held yet")
    #expect(try step(copy("in-copy", tick: 5)) == .copy)
    #expect(try step(copy("in-copy", tick: 5), hasSource: false) == .wait)
    #expect(try step(copy("catching-up", tick: 5, copied: "1:2:")) == .follow(upTo: 10))
    #expect(try step(copy("ok", tick: 10, copied: "1:2:")) == .end)
    #expect(try step(nil) == .end, "removed")
  }

  @Test func neverBeyondTheWorker() throws {
    #expect(try step(copy("catching-up", tick: 10, copied: "1:2:")) == .wait)
    #expect(try step(copy("catching-up", tick: 12, copied: "1:2:")) == .wait, "it began beyond it")
  }

  @Test func whatAnotherWorkerLeftIsCopiedAnew() throws {
    for state in ["in-copy", "catching-up", "wanna-sync:7", "do-sync:8"] {
      #expect(try step(copy(state, tick: 5)) == .copy)
    }
    // Wanted again after it was there.
    #expect(try step(copy("in-copy", tick: 5, copied: "1:2:")) == .copy)
  }

  @Test func copiesFromSeveralSourcesWaitForEachOther() throws {
    var waiting = try copy("in-copy", tick: 5)
    waiting.role = "wait-copy"
    #expect(try step(waiting) == .wait)
    waiting.role = "wait-replay"
    #expect(try step(waiting) == .copy)
    waiting.rank = 2
    #expect(try step(waiting) == .wait, "two at a time")
    var following = try copy("catching-up", tick: 5, copied: "1:2:")
    following.role = "wait-replay"
    #expect(try step(following) == .wait)
  }

  @Test func noMoreCopiesThanAllowedAndBrokenOnesGoOn() throws {
    let tables = [
      try copy("ok", table: "public.a"), try copy("in-copy", table: "public.b"), try copy(nil, table: "public.c"),
      try copy(nil, table: "public.d"),
      try copy(nil, table: "public.e"),
    ]
    let admission = CopyAdmission(
      tables: tables, left: ["public.gone"], available: { $0.table != "public.c" }, running: [], limit: 2)
    #expect(admission.begun == ["public.d"])
    #expect(admission.started == ["public.b", "public.d", "public.gone"])
    let later = CopyAdmission(
      tables: tables, left: ["public.gone"], available: { _ in true }, running: ["public.b", "public.gone"], limit: 1)
    #expect(later == CopyAdmission(tables: [], left: [], available: { _ in true }, running: [], limit: 1))
  }

  @Test func aBatchWaitsOnlyForACopyThatIsAboutToArrive() throws {
    var near = try copy("catching-up", tick: 9, copied: "1:2:")
    #expect(!HandOver.isNear([near], 10), "what the copy saw is not behind yet")
    near.isInSync = true
    #expect(HandOver.isNear([near], 10))
    #expect(!HandOver.isNear([near], 9), "it is there")
    #expect(!HandOver.isNear([near], 100))
  }

  @Test func attributesOfTheCopy() throws {
    let attributes = try CopyAttributes("handler=x&copy_node=n1&skip_truncate=1&where=a+%3e+1")
    #expect(attributes.node == .named("n1"))
    #expect(attributes.appends)
    #expect(attributes.condition == "a > 1")
    #expect(try CopyAttributes("copy_node=%3f").node == .nearest)
    #expect(try CopyAttributes(nil).node == .provider)
  }
}
