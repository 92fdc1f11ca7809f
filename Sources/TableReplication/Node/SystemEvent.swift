/// An event by which nodes of a set tell each other something.
struct SystemEvent: Sendable, Equatable {
  enum Content: Sendable, Equatable {
    /// A member of the map, and whether it is dead.
    case location(node: String, queue: String, location: String?, isDead: Bool)
    case noLocation(node: String, queue: String)
    case globalWatermark(queue: String, tick: Int64)
    /// How far a merged queue had come when its events were put into this one.
    case mergedTick(queue: String, tick: Int64)
    case addTable(String)
    case removeTable(String)
    case removeSequence(String)
    case updateSequence(String, value: Int64)
    /// A script that every node runs between the changes before and after it.
    case script(name: String, sql: String, attributes: String?)
    /// A command that an event trigger on the root captured, of these classes of changes; it is held or not.
    case captured(type: String, name: String, sql: String, attributes: String?, classes: String)
  }

  var id: Int64
  var content: Content

  /// Whether the events of a type are for nodes.
  static func isSystem(type: String) -> Bool {
    type.hasPrefix("pgq.") || type.hasPrefix("londiste.") || type == "EXECUTE"
      || type == CapturedCommand.heldEventType
  }

  /// Reads an event.
  ///
  /// - Parameter extras: ev_extra1 to ev_extra3.
  /// - Throws: ``ApplyError`` when nothing can be made of it.
  init(id: Int64, type: String, data: String, extras: [String?]) throws {
    self.id = id
    func number() throws -> Int64 {
      guard let value = Int64(data) else { throw Self.unreadable(id, type, "ev_data is no number") }
      return value
    }
    func name() throws -> String {
      guard let name = extras[0], !name.isEmpty else { throw Self.unreadable(id, type, "ev_extra1 is empty") }
      return name
    }
    switch type {
    case "pgq.location-info":
      content = .location(node: data, queue: try name(), location: extras[1], isDead: extras[2] == "true")
    case "pgq.unregister-location": content = .noLocation(node: data, queue: try name())
    case "pgq.global-watermark": content = .globalWatermark(queue: try name(), tick: try number())
    case "pgq.tick-id": content = .mergedTick(queue: try name(), tick: try number())
    case "londiste.add-table": content = .addTable(data)
    case "londiste.remove-table": content = .removeTable(data)
    case "londiste.remove-seq": content = .removeSequence(data)
    case "londiste.update-seq": content = .updateSequence(try name(), value: try number())
    case "EXECUTE", CapturedCommand.heldEventType:
      if let classes = extras[2], !classes.isEmpty {
        content = .captured(type: type, name: try name(), sql: data, attributes: extras[1], classes: classes)
      } else {
        content = .script(name: try name(), sql: data, attributes: extras[1])
      }
    default: throw Self.unreadable(id, type, "this version does not know the type")
    }
  }

  /// Whether changes before and after the event must be applied apart.
  var divides: Bool {
    switch content {
    case .script, .captured: true
    default: false
    }
  }

  private static func unreadable(_ id: Int64, _ type: String, _ reason: String) -> ApplyError {
    ApplyError(
      event: id, reason: "a message of type \(type) cannot be understood: \(reason)",
      remedy: "a newer version of Trunkline may know it; else: " + ApplyRemedy.leaveOut(id))
  }
}
