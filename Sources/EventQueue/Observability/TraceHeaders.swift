import EventFormats
public import Instrumentation

/// Carries the trace of the producer to the consumer in the headers of an event.
public enum TraceHeaders {
  /// Adds what the program's tracer wants to pass on to the headers of an event to be sent.
  ///
  /// - Parameters:
  ///   - headers: names and values; values that are there already win.
  ///   - context: the trace; by default the running task's.
  public static func injected(
    into headers: [String: String] = [:], context: InstrumentationContext? = .current
  ) -> [String: String] {
    guard let context else { return headers }
    var trace: [String: String] = [:]
    InstrumentationSystem.instrument.inject(context, into: &trace, using: DictionaryInjector())
    return headers.merging(trace) { own, _ in own }
  }

  /// The trace that the headers of an event carry, on top of the running task's context.
  ///
  /// - Parameter headers: the headers, a JSON object; anything else carries no trace.
  public static func context(of headers: String?) -> InstrumentationContext {
    var context = InstrumentationContext.current ?? .topLevel
    guard let headers, case .object(let members)? = try? JSONValue(parsing: headers) else { return context }
    var carrier: [String: String] = [:]
    for member in members {
      if case .string(let value) = member.value { carrier[member.name] = value }
    }
    InstrumentationSystem.instrument.extract(carrier, into: &context, using: DictionaryExtractor())
    return context
  }
}

extension QueueEvent {
  /// The trace in which the event was sent, to continue it: `withSpan("mail", context: event.traceContext) { ... }`.
  public var traceContext: InstrumentationContext {
    get throws { TraceHeaders.context(of: try headers) }
  }
}

private struct DictionaryInjector: Injector {
  func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
}

private struct DictionaryExtractor: Extractor {
  func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
}
