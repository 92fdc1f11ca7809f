import EventFormats
import Testing

@testable import EventQueue

@Suite struct EventRoutingTests {
  @Test(arguments: [
    ("type=order.*", "ev_type like 'order.%' escape '!'"),
    ("table=public.?", "ev_extra1 like 'public._' escape '!'"),
    ("extra4=10%_of!*", "ev_extra4 like '10!%!_of!!%' escape '!'"),
    ("data=it's", "ev_data = 'it''s'"),
    ("type=a=b", "ev_type = 'a=b'"),
    ("type=\\*", "ev_type like E'\\\\%' escape '!'"),
    ("type=*", "true"),
  ])
  func patternsBecomeConditions(_ text: String, _ condition: String) throws {
    #expect(try #require(EventPattern(parsing: text)).condition == condition)
  }

  @Test(arguments: ["type", "id=5", "", "=x"]) func whatIsNoPattern(_ text: String) {
    #expect(EventPattern(parsing: text) == nil)
  }

  @Test func oneQueueNeedsNoCase() {
    #expect(EventRouting(rest: .queue("it's")).destination == "'it''s'")
  }

  @Test func patternsOfOneFieldAreAlternativesAndFieldsAreAllNeeded() {
    var routing = EventRouting(rest: .stop)
    routing.filter.patterns = [EventPattern(.type, "a"), EventPattern(.extra1, "t"), EventPattern(.type, "b")]
    #expect(
      routing.destination
        == "case when ((ev_type = 'a' or ev_type = 'b') and (ev_extra1 = 't')) is not true then '' else null end")
  }

  @Test func routesComeBeforeNamesAndNamesBeforeTheRest() {
    var routing = EventRouting(rest: .drop)
    routing.routes = [.init(EventPattern(.type, "x"), to: "q")]
    routing.naming = EventRouting.Naming(.extra2)
    #expect(
      routing.destination
        == "case when ev_type = 'x' then 'q' else coalesce('' || nullif(ev_extra2, '') || '', '') end")
  }
}
