import TableReplication
import Testing

@Suite struct ScriptStatementTests {
  @Test func semicolonsInsideOfThingsDoNotDivide() {
    let script = """
      -- a remark; with a semicolon
      select ';''', E'\\';', ";", $$;$$, $a$;$$;$a$; ; /* ; /* ; */ ; */
      create rule r as on insert to t do also (select 1; select 2);
      create or replace function f(a int) returns int language sql
      begin atomic
        select case when a > 0 then 1 end;
        select 2;
      end;
      create function g() returns int language plpgsql as $body$ begin return 1; end; $body$;
      select 1 as "end" -- no semicolon
      """
    let statements = ScriptStatement.split(script)
    #expect(statements.map(\.line) == [2, 3, 4, 9, 10])
    #expect(statements.map(\.number) == [1, 2, 3, 4, 5])
    #expect(statements.first?.text == "select ';''', E'\\';', \";\", $$;$$, $a$;$$;$a$")
    #expect(statements[2].text.hasSuffix("end"))
    #expect(statements.last?.text == "select 1 as \"end\"")
  }

  @Test func nothingIsNoStatement() {
    #expect(ScriptStatement.split("").isEmpty)
    #expect(ScriptStatement.split(" ;; -- x\n/* y */ ;").isEmpty)
    // what has no end is left to the server
    #expect(ScriptStatement.split("select 'a; b").map(\.text) == ["select 'a; b"])
    #expect(ScriptStatement.split("select $x$ a; b").map(\.text) == ["select $x$ a; b"])
    #expect(ScriptStatement.split("/* a; b").isEmpty)
  }

  @Test(arguments: [
    "begin", "COMMIT", "end", "start transaction", "rollback", "savepoint a", "prepare transaction 'x'",
  ])
  func endOfTheTransactionIsSeen(_ text: String) async throws {
    let execution = try ScriptExecution(queue: "q", name: "x.sql", sql: "select 1;\n/* first */ \(text);")
    #expect(
      execution.misfit?.message.hasPrefix("script x.sql: statement 2, line 2: a script is one transaction") == true)
  }

  @Test func dataFromTheClientIsSeen() throws {
    #expect(try ScriptExecution(queue: "q", name: "x", sql: "copy t from stdin;").misfit != nil)
    #expect(try ScriptExecution(queue: "q", name: "x", sql: "copy t from '/a'; prepare p as select 1").misfit == nil)
  }
}
