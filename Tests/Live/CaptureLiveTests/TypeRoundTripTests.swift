import PostgresTesting
import Testing

/// Every type of PostgreSQL survives the trip through the queue byte for byte, whatever the session's settings are.
@Suite struct TypeRoundTripTests {
  /// Settings that change the text forms of values.
  static let settings = [
    "", "set datestyle = 'German'; set timezone = 'Asia/Kolkata';",
    "set datestyle = 'SQL, DMY'; set intervalstyle = iso_8601; set extra_float_digits = -15; set bytea_output = escape;",
    "set datestyle = 'Postgres, MDY'; set intervalstyle = sql_standard; set timezone = 'America/St_Johns'; set quote_all_identifiers = on;",
  ]

  @Test(arguments: [1, 2, 3, 4], ["statement", "row"])
  func randomValues(_ seed: Int, _ mode: String) async throws {
    try await CaptureFixture.with(EveryType.setup) { fixture in
      try await fixture.capture("t", seed % 2 == 0 ? #"{"before": true}"# : "{}")
      let values = EveryType.columns.map { "case when random() < 0.9 then \(EveryType.random($0.type)) end" }
      try await fixture.psql(
        """
        select setseed(0.\(seed)) \\g /dev/null
        create table made as select \(zip(values, EveryType.columns).map { "\($0) as \(EveryType.quoted($1.name))" }.joined(separator: ", "))
          from generate_series(1, 60);
        set session_replication_role = \(mode == "row" ? "replica" : "origin");
        \(Self.settings[seed % 4])
        insert into t (\(EveryType.columnList)) select * from made;
        \(Self.settings[(seed + 1) % 4])
        update t set i4 = 0, t = t || '!' where id % 3 = 0; update t set id = default where id % 7 = 0;
        delete from t where id % 11 = 0;
        """)
      try await fixture.expectConverged("t")
      try await expectExactText(fixture)
    }
  }

  /// The text of every value in the last event of every row is what the type's output function makes of it.
  private func expectExactText(_ fixture: CaptureFixture) async throws {
    let plain = "array['int2', 'int4', 'int8', 'bool', 'd_bool', 'd_int']"
    let wrong = try await fixture.psql(
      """
      create function wrong() returns setof text language plpgsql as $$
      declare a record;
      begin
        for a in select attname, atttypid from pg_attribute
                 where attrelid = 't'::regclass and attnum > 0 and not attisdropped
                   and atttypid::regtype not in ('regclass', 'regtype') -- qualified in events, whatever the search path is
        loop
          return query execute format(
            'select format(''%%s of %%s: %%s <> %%s'', %L, t.id, format(''%%s'', t.%1$I), e.j -> %1$L) from t
             join (select distinct on (j ->> ''id'') j from
               (select ev_id, ev_data::json j from pgq.event_template where ev_extra1 = ''public.t'') x
               order by j ->> ''id'', ev_id desc) e on (e.j ->> ''id'')::int = t.id
             where case
               when json_typeof(e.j -> %1$L) = ''null'' then t.%1$I is distinct from null and format(''%%s'', t.%1$I) <> ''''
               when %2$L = any (\(plain.replacing("'", with: "''"))) then json_typeof(e.j -> %1$L) = ''string''
               else json_typeof(e.j -> %1$L) <> ''string'' or format(''%%s'', t.%1$I) <> e.j ->> %1$L end',
            a.attname, (select typname from pg_type where oid = a.atttypid));
        end loop;
      end $$;
      select count(*) > 30 from t; select * from wrong();
      """)
    #expect(wrong == "t")
  }

  @Test(arguments: [("LATIN1", "é ß ÿ"), ("EUC_JP", "漢字 かな"), ("WIN1251", "Привет"), ("SQL_ASCII", "plain")])
  func serverEncodings(_ encoding: String, _ sample: String) async throws {
    let options = "encoding '\(encoding)' locale 'C'"
    try await SharedCluster.withDatabase(schemas: false, options: options) { database in
      let script = SchemaText.all
      try await database.psql(
        "set client_encoding = 'UTF8'; begin; set local client_min_messages = error; set local check_function_bodies = off; \(script); commit;"
      )
      let text = "'\(sample) \"\\ ' || chr(9)"
      let name = encoding == "SQL_ASCII" ? "col" : sample
      try await database.psql(
        """
        set client_encoding = \(encoding == "SQL_ASCII" ? "SQL_ASCII" : "UTF8");
        \(Replay.sql) select pgq.create_queue('q');
        create table t (id int primary key, "\(name)" text, c char(30)); create table "\(name)" ("\(name)" text primary key, v xml);
        select trunkline.capture_add('t', 'q'), trunkline.capture_add('"\(name)"', 'q', '{"before": true}');
        insert into t values (1, \(text), \(text)); update t set c = "\(name)" || 'x'; update t set id = 2;
        insert into "\(name)" values (\(text), '<a/>'); update "\(name)" set "\(name)" = "\(name)" || '!';
        """)
      let answer = try await database.psql(
        """
        set client_encoding = \(encoding == "SQL_ASCII" ? "SQL_ASCII" : "UTF8");
        select replay.difference('t') || replay.difference('"\(name)"') = '',
          (select ev_data::json ->> '\(name)' = \(text) from pgq.event_template where ev_extra1 = 'public.t' limit 1);
        """)
      #expect(answer.hasSuffix("t|t"))
    }
  }
}
