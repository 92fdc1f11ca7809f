import ArgumentParser
import EventFormats
import EventQueue
import PostgresClient
import PostgresTesting
import SchemaInstaller
import ServiceRuntime
import TableReplication
import Telemetry

/// How an error is shown to the person at the command line, and what the program returns.
struct ErrorReport {
  /// Text for standard output (requested help, version) or standard error.
  let text: String
  let status: Int32

  init(_ error: any Error, isVerbose: Bool = false) {
    if let error = error as? any ReportedError {
      self.init(error.message, hint: error.hint, error.exitCode)
    } else if let error = error as? PostgresError {
      self.init(postgres: error, isVerbose: isVerbose)
    } else if let error = error as? ApplyError {
      self.init(error.text, hint: error.remedy, error.cause?.exitCode ?? .badData)
    } else if let error = error as? TransferError {
      self.init(error.text, hint: error.remedy, error.cause?.exitCode ?? .badData)
    } else if let error = error as? FormatError {
      self.init(error.description, .badData)
    } else if let error = error as? SettingError {
      self.init(error.description, .usage)
    } else if error is CancellationError {
      self.init("interrupted", .temporary)
    } else if let error = error as? ListenError {
      self.init("\(error)", hint: "choose another address with --metrics-listen", .configuration)
    } else if error is PIDFileError || error is ClusterError || error is ProgramError || error is PollTimeout {
      self.init("\(error)", .failure)
    } else {
      // Help, version, usage errors and exit codes of the argument parser.
      self.init(text: TrunklineCommand.fullMessage(for: error), status: TrunklineCommand.exitCode(for: error).rawValue)
    }
  }

  private init(text: String, status: Int32) {
    self.text = text
    self.status = status
  }

  private init(_ message: String, hint: String? = nil, _ code: ServiceRuntime.ExitCode) {
    var text = "error: \(ConnectionText.redacted(message))"
    if let hint { text += "\nhint: \(ConnectionText.redacted(hint))" }
    self.init(text: text, status: code.rawValue)
  }

  private init(postgres error: PostgresError, isVerbose: Bool) {
    if isVerbose {
      self.init(error.detailedDescription, error.exitCode)
    } else {
      let detail = error.detail.map { " (\($0))" } ?? ""
      self.init(error.message + detail, hint: error.hint, error.exitCode)
    }
  }

  func write() {
    guard !text.isEmpty else { return }
    if status == 0 { StandardStreams.write(text + "\n") } else { StandardStreams.writeError(text + "\n") }
  }
}
