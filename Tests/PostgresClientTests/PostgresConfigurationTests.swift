import Testing

@testable import PostgresClient

@Suite struct PostgresConfigurationTests {
  @Test(arguments: [
    "host=db user=joe password=s3cret dbname=shop", "postgresql://joe:s3cret@db:5433/shop?application_name=x",
    "postgresql://joe@db/shop?password=s3cret&sslmode=require", "password='s3cret' host=db sslpassword=s3cret",
  ])
  func passwordsAreNotShown(text: String) {
    let configuration = PostgresConfiguration(text)
    #expect(!"\(configuration)".contains("s3cret"))
    #expect(!String(reflecting: configuration).contains("s3cret"))
    #expect("\(configuration)".contains("host=db"))
  }

  @Test(arguments: [
    "host", "nonsense=1", "host=a s3cret", "postgresql://joe:s3cret@[db/x",
    "host='a", "dbname=\0",
  ])
  func malformedTextsAreRefusedWithoutRepeatingPasswords(text: String) throws {
    if text == "host" { return try ConnectionString.validate(text) }  // the name of a database
    let error = try #require(throws: PostgresError.self) { try ConnectionString.validate(text) }
    #expect(error.code == .invalidInput)
    #expect(!error.isTransient)
    #expect(!error.detailedDescription.contains("joe:s3cret"))
  }

  @Test(arguments: ["", "shop", "host=db", "postgresql://db/shop", "postgres://"])
  func wellFormedTextsAreAccepted(text: String) throws {
    try ConnectionString.validate(text)
  }

  @Test(arguments: [
    ("shop", "user=joe", "dbname='shop' user='joe'"), ("", "user=joe", "user='joe'"),
    ("host=db user=x dbname=shop", "user='j o\\'e' port=1", "host='db' dbname='shop' user='j o\\'e' port='1'"),
    (
      "postgresql://x:p%20w@db/shop?sslmode=require", "user=joe",
      "user='joe' password='p w' host='db' dbname='shop' sslmode='require'"
    ),
    ("postgresql://db/shop", "postgresql://joe@", "host='db' dbname='shop' user='joe'"), ("host=db", "", "host=db"),
    ("host=db", "nonsense=1", "host=db nonsense=1"),
  ])
  func optionsAreAddedToTextsOfEveryForm(text: String, options: String, both: String) {
    func parts(_ text: String) -> Set<String> {
      Set(text.split(separator: "' ").map { $0.hasSuffix("'") ? String($0) : $0 + "'" })
    }
    #expect(parts(PostgresConfiguration.connectionString(text, adding: options)) == parts(both))
  }

  @Test func settingsBecomeQuotedStatements() throws {
    let configuration = PostgresConfiguration(
      statementTimeout: .seconds(2), lockTimeout: .milliseconds(5),
      sessionSettings: [("search_path", "a, b"), ("my.set\"ting", "it's; drop")])
    #expect(
      try configuration.sessionSetup()
        == #"set statement_timeout = 2000; set lock_timeout = 5; set "search_path" = 'a, b'; set "my"."set""ting" = 'it''s; drop'"#
    )
    #expect(try PostgresConfiguration().sessionSetup() == nil)
  }

  @Test(arguments: [
    (Duration.zero, 0), (.microseconds(1), 1), (.seconds(1), 1000), (.seconds(1 << 40), Int(Int32.max)),
  ])
  func limitsNeverTurnIntoNoLimit(limit: Duration, milliseconds: Int) throws {
    let configuration = PostgresConfiguration(statementTimeout: limit)
    #expect(try configuration.sessionSetup() == "set statement_timeout = \(milliseconds)")
  }
}
