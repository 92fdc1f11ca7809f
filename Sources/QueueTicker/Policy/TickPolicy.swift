/// When a queue gets a tick.
///
/// The queue's own settings apply always. With a ``latency``, new events get a tick as soon as it has passed since the
/// tick before.
package struct TickPolicy: Sendable, Equatable {
  /// Least time between two ticks that are made for new events; `nil`: only the queue's own settings decide.
  package var latency: Duration?

  /// Up to this interval a consumer has two ticks before it.
  private static let closeInterval = Duration.milliseconds(20)

  /// Makes a policy.
  package init(latency: Duration? = .milliseconds(2)) { self.latency = latency }

  /// Least time between two ticks for new events of this queue.
  ///
  /// Every tick is a batch, which costs a consumer some time even when it is small. So a consumer that falls behind gets
  /// ticks at greater distances: the further behind, the greater, so that it never has many of them before it: two while
  /// they are small, as those who must take one tick after the other settle at so many; eight at last, as others read
  /// the queue, too. Without consumers nobody gains from a tick.
  package func interval(_ queue: QueueObservation) -> Duration {
    guard let latency, queue.hasConsumers else { return queue.maximumLag }
    guard let lag = queue.consumerLag else { return min(latency, queue.maximumLag) }
    return min(max(latency, lag / 8, min(lag / 2, Self.closeInterval)), queue.maximumLag)
  }

  /// Age that the newest tick must reach for one without new events to be due: pauses double up to the idle period.
  package static func idleInterval(_ queue: QueueObservation) -> Duration {
    guard let gap = queue.lastTick?.gap else { return .zero }
    return max(queue.maximumLag / 2, min(gap * 2, queue.idlePeriod))
  }
}
