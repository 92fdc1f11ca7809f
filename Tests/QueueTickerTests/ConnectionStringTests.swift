import QueueTicker
import Testing

@Suite struct ConnectionStringTests {
  @Test(arguments: [
    ("", "a", "dbname='a'"),
    ("template1", "a", "dbname='a'"),
    ("host=x dbname=y", "it's", "host=x dbname=y dbname='it\\'s'"),
    ("postgresql://host/db", "a b", "postgresql://host/db?dbname=a%20b"),
    ("postgres://host/db?sslmode=require", "ü", "postgres://host/db?sslmode=require&dbname=%C3%BC"),
  ])
  func namesAnotherDatabase(base: String, database: String, expected: String) {
    #expect(ConnectionString.naming(database, in: base) == expected)
  }
}
