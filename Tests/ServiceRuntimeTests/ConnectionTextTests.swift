import ServiceRuntime
import Testing

@Suite struct ConnectionTextTests {
  @Test(arguments: [
    ("host=h password=secret dbname=d", "host=h password=*** dbname=d"),
    ("password='se cret\\' x' user=u", "password=*** user=u"),
    ("PassWord = secret", "PassWord=***"),
    ("postgresql://u:secret@h:5432/d?x=1", "postgresql://u:***@h:5432/d?x=1"),
    ("postgres://u:p@ss:w@h/d", "postgres://u:***@h/d"),
    ("postgres://h/d?user=u&password=secret&sslmode=require", "postgres://h/d?user=u&password=***&sslmode=require"),
    ("cannot connect to postgres://u:s@h/d: refused", "cannot connect to postgres://u:***@h/d: refused"),
    ("sslpassword=x host=h", "sslpassword=*** host=h"),
    ("postgres://u@h/d", "postgres://u@h/d"), ("host=h", "host=h"), ("", ""), ("password=", "password=***"),
    ("password='open", "password=***"), ("a@b", "a@b"),
  ])
  func hidesPasswords(_ text: String, _ shown: String) {
    #expect(ConnectionText.redacted(text) == shown)
  }
}
