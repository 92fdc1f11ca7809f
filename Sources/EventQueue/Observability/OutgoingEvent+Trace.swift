import Instrumentation

extension OutgoingEvent {
  /// The event with the running task's trace in its headers, for consumers to continue. Without a trace it is as it was.
  var traced: OutgoingEvent {
    guard let context = InstrumentationContext.current else { return self }
    var event = self
    event.headers = TraceHeaders.injected(into: headers, context: context)
    return event
  }
}
