import EventFormats
import FoundationEssentials
import Glibc
import Logging
import Synchronization
import TableReplication

/// Shows how a copy goes: a bar on a terminal, lines of JSON where these were asked for, else lines in the log.
final class CopyDisplay: Sendable {
  private enum Form { case bar, json, log }

  private struct State {
    var progress = CopyProgress()
    var lastShown: Duration?
    var hasBar = false
  }

  private let form: Form
  private let logger: Logger
  private let began = ContinuousClock.now
  private let state = Mutex(State())

  init(isJSON: Bool, logger: Logger, isTerminal: Bool = isatty(STDERR_FILENO) == 1) {
    form = isJSON ? .json : isTerminal ? .bar : .log
    self.logger = logger
  }

  func show(_ event: CopyEvent) {
    let now = ContinuousClock.now - began
    state.withLock { state in
      state.progress.note(event, at: now)
      if form == .json, let line = Line(event) { StandardStreams.write(line.text) }
      let interval: Duration = form == .bar ? .milliseconds(200) : form == .json ? .seconds(1) : .seconds(10)
      guard now - (state.lastShown ?? .zero) >= interval else { return }
      state.lastShown = now
      let progress = state.progress
      switch form {
      case .bar:
        state.hasBar = true
        StandardStreams.writeError("\r\(Self.bar(progress, at: now))\u{1B}[K")
      case .json: StandardStreams.write(Line(progress, at: now).text)
      case .log:
        logger.info(
          "copying",
          metadata: [
            "done": "\(Int(progress.fraction * 100)) %", "bytes": "\(progress.moved)", "rows": "\(progress.rows)",
            "rate": "\(SizeText.short(Int64(progress.rate(at: now))))/s",
            "remaining": "\(progress.remaining(at: now).map(Self.clock) ?? "-")",
          ])
      }
    }
  }

  /// Removes the bar.
  func end() {
    state.withLock { state in
      if state.hasBar { StandardStreams.writeError("\r\u{1B}[K") }
      state.hasBar = false
    }
  }

  /// For example `[####------]  40 %  1.2 GB, 85 MB/s, 0:12 left | orders 60 %, items 12 % | builds orders_pkey`.
  static func bar(_ progress: CopyProgress, at now: Duration, width: Int = 20) -> String {
    let full = Int(progress.fraction * Double(width))
    let bar = String(repeating: "#", count: full) + String(repeating: "-", count: width - full)
    let left = progress.remaining(at: now).map { ", \(clock($0)) left" } ?? ""
    let open = progress.tables.filter { !$0.isFinished && ($0.moved > 0 || $0.building != nil) }
    let tables = open.prefix(3).map { "\($0.name.name.name) \(Int($0.fraction * 100)) %" }.joined(separator: ", ")
    let builds = open.compactMap(\.building).prefix(2).joined(separator: ", ")
    return "[\(bar)] \(Int(progress.fraction * 100)) %  \(SizeText.short(progress.moved)), "
      + "\(SizeText.short(Int64(progress.rate(at: now))))/s\(left)"
      + (tables.isEmpty ? "" : " | \(tables)") + (builds.isEmpty ? "" : " | builds \(builds)")
  }

  /// Minutes and seconds.
  static func clock(_ duration: Duration) -> String {
    let seconds = Int(duration.components.seconds)
    return "\(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60)"
  }

  /// One line of JSON.
  private struct Line: Encodable {
    var event: String
    var table: String?
    var object: String?
    var warning: String?
    var rows: Int64?
    var bytes: Int64?
    var fraction: Double?
    var bytesPerSecond: Double?
    var secondsLeft: Double?

    init?(_ event: CopyEvent) {
      switch event {
      case .moved: return nil
      case .planned(let table, let bytes, let before):
        (self.event, self.table, self.bytes, rows) = ("planned", table.unquoted, bytes, before)
      case .copied(let table, let rows, let bytes, _):
        (self.event, self.table, self.rows, self.bytes) = ("copied", table.unquoted, Int64(rows), bytes)
      case .building(let table, let object):
        (self.event, self.table, self.object) = ("building", table.unquoted, object)
      case .finished(let table, let rows):
        (self.event, self.table, self.rows) = ("finished", table.unquoted, rows)
      case .warning(let table, let text):
        (self.event, self.table, warning) = ("warning", table.unquoted, text)
      }
    }

    init(_ progress: CopyProgress, at now: Duration) {
      event = "progress"
      rows = progress.rows
      bytes = progress.moved
      fraction = progress.fraction
      bytesPerSecond = progress.rate(at: now)
      secondsLeft = progress.remaining(at: now).map { $0 / .seconds(1) }
    }

    var text: String {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      let line = (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
      return line + "\n"
    }
  }
}
