import PostgresClient

/// A setting of a queue or consumer.
struct SettingValue: Encodable {
  var setting: String
  /// Nil: none.
  var value: String?
  var isDefault: Bool

  static func read(_ query: PostgresQuery, _ connection: PostgresConnection) async throws -> [SettingValue] {
    try await connection.query(query).map {
      SettingValue(setting: try $0.decode(0), value: try $0.decode(1), isDefault: try $0.decode(2))
    }
  }

  /// A table of settings; what is not the default is marked.
  static func text(_ settings: [SettingValue]) -> String {
    var table = TextTable(["setting", "value", ""])
    for setting in settings {
      table.add([setting.setting, setting.value ?? "-", setting.isDefault ? "default" : "set"])
    }
    return table.text
  }
}
