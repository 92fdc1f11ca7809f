/// What became of an event whose work failed.
public enum FailureOutcome: String, Sendable, Codable {
  /// It comes again after a while.
  case retry
  /// It failed too often, or for good, and was put to the dead letters.
  case dead
}
