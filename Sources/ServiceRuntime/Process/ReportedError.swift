/// An error that knows how it should be reported to the person at the command line.
public protocol ReportedError: Error {
  /// What went wrong, one sentence.
  var message: String { get }
  /// What to do about it.
  var hint: String? { get }
  /// What the program returns.
  var exitCode: ExitCode { get }
}
