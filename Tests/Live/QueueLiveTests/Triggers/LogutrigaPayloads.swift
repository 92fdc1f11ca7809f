/// Events and errors of `pgq.logutriga`, as the original's C function makes them.
enum LogutrigaPayloads {
  static let expected: [String: String] = [
    "plain text and numbers": #"""
    I:id | id=1&name=a+b%26c%3dd%25%2f%c3%a9%2b%7e%2a%27%22%5c%c3%a4&price=1.50 | app.item | NULL | NULL | NULL
    I:id | id=2&name&price | app.item | NULL | NULL | NULL
    I:id | id=3&name=&price=0 | app.item | NULL | NULL | NULL
    I:id | id=4&name=line%0aline%09tab&price=7 | app.item | NULL | NULL | NULL
    I:id | id=5&name=%01%08%0c%0d%7f%f0%9f%98%80&price=-1 | app.item | NULL | NULL | NULL
    U:id | id=1&name=x&price=1.50 | app.item | NULL | NULL | NULL
    U:id | id=1&name=x&price=1.50 | app.item | NULL | NULL | NULL
    U:id | id=1&name=x&price=1.5 | app.item | NULL | NULL | NULL
    U:id | id=1&name&price=3 | app.item | NULL | NULL | NULL
    U:id | id=3&name=back%5cslash%27q&price=0 | app.item | NULL | NULL | NULL
    D:id | id=1&name&price=3 | app.item | NULL | NULL | NULL
    D:id | id=2&name&price | app.item | NULL | NULL | NULL
    D:id | id=3&name=back%5cslash%27q&price=0 | app.item | NULL | NULL | NULL
    """#,
    "changed key": #"""
    error: primary key update not allowed
    I:id | id=1&a=a&b=b&c=c | app.item | NULL | NULL | NULL
    U:id | id=1&a=x&b=b&c=c | app.item | NULL | NULL | NULL
    """#,
    "key of two columns": #"""
    I:a,b | b=B&a=1&c=t&d=d | app.item | NULL | NULL | NULL
    I:a,b | b=it%27s%5c&a=2&c=f&d | app.item | NULL | NULL | NULL
    U:a,b | b=B&a=1&c&d=z | app.item | NULL | NULL | NULL
    U:a,b | b=it%27s%5c&a=2&c&d=z | app.item | NULL | NULL | NULL
    U:a,b | b=B&a=1&c&d=z | app.item | NULL | NULL | NULL
    U:a,b | b=it%27s%5c&a=2&c&d=z | app.item | NULL | NULL | NULL
    D:a,b | b=B&a=1&c&d=z | app.item | NULL | NULL | NULL
    D:a,b | b=it%27s%5c&a=2&c&d=z | app.item | NULL | NULL | NULL
    """#,
    "no key": #"""
    error: Update/Delete on table without pkey
    error: Update/Delete on table without pkey
    I: | x=1&y=y | app.item | NULL | NULL | NULL
    """#,
    "quoted names": #"""
    I:select | select=1&Col+A=A&%c3%bcn%c3%af=%c3%bc&q%22q=q&a.b=ab&100%25=%25 | app.It"em | NULL | NULL | NULL
    U:select | select=1&Col+A=B&%c3%bcn%c3%af&q%22q=q&a.b=..&100%25=%25 | app.It"em | NULL | NULL | NULL
    D:select | select=1&Col+A=B&%c3%bcn%c3%af&q%22q=q&a.b=..&100%25=%25 | app.It"em | NULL | NULL | NULL
    """#,
    "types": #"""
    I:id | id=1&i2=2&i4=3&f4=1.5&f8=2.25&n=3.100&b=t&c=c++++&vc=vc&by=%5cxdeadbeef&d=2020-01-02&ts=2020-01-02+03%3a04%3a05.6&tz=2020-01-02+01%3a04%3a05.678%2b00&ti=01%3a02%3a03&iv=1+day+02%3a00%3a00&j=%7b%22a%22%3a++1%7d&jb=%7b%22b%22%3a+%5b1%2c+2%5d%7d&u=a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11&ia=%7b1%2cNULL%2c3%7d&ta=%7b%22a+b%22%2cNULL%2c%22NULL%22%2cc%7d&r=%5b1%2c5%29&ip=10.0.0.1%2f8&pt=%281%2c2%29&x=%3ca%3ex%3c%2fa%3e&bt=101 | app.item | NULL | NULL | NULL
    I:id | id=2&i2&i4&f4=NaN&f8=-Infinity&n=NaN&b&c&vc&by&d=infinity&ts=-infinity&tz=infinity&ti&iv&j&jb&u&ia&ta&r&ip&pt&x&bt | app.item | NULL | NULL | NULL
    I:id | id=3&i2&i4&f4=1e-10&f8=1e%2b300&n=0.000&b&c&vc&by&d=0044-03-15+BC&ts=0044-03-15+00%3a00%3a00+BC&tz=0044-03-15+00%3a00%3a00%2b00+BC&ti&iv&j&jb&u&ia&ta&r&ip&pt&x&bt | app.item | NULL | NULL | NULL
    U:id | id=1&i2=2&i4=3&f4=1.5&f8=2.25&n=3.100&b=t&c=c++++&vc=vc&by=%5cxdeadbeef&d=2020-01-02&ts&tz=2020-01-02+01%3a04%3a05.678%2b00&ti=01%3a02%3a03&iv=1+day+02%3a00%3a00&j=%7b%22a%22%3a+1%7d&jb=%7b%22b%22%3a+%5b1%2c+2%5d%7d&u=a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11&ia=%7b1%7d&ta=%7b%22a+b%22%2cNULL%2c%22NULL%22%2cc%7d&r=%5b1%2c5%29&ip=10.0.0.1%2f8&pt=%281%2c2%29&x=%3ca%3ex%3c%2fa%3e&bt=101 | app.item | NULL | NULL | NULL
    D:id | id=2&i2&i4&f4=NaN&f8=-Infinity&n=NaN&b&c&vc&by&d=infinity&ts=-infinity&tz=infinity&ti&iv&j&jb&u&ia&ta&r&ip&pt&x&bt | app.item | NULL | NULL | NULL
    D:id | id=3&i2&i4&f4=1e-10&f8=1e%2b300&n=0.000&b&c&vc&by&d=0044-03-15+BC&ts=0044-03-15+00%3a00%3a00+BC&tz=0044-03-15+00%3a00%3a00%2b00+BC&ti&iv&j&jb&u&ia&ta&r&ip&pt&x&bt | app.item | NULL | NULL | NULL
    D:id | id=1&i2=2&i4=3&f4=1.5&f8=2.25&n=3.100&b=t&c=c++++&vc=vc&by=%5cxdeadbeef&d=2020-01-02&ts&tz=2020-01-02+01%3a04%3a05.678%2b00&ti=01%3a02%3a03&iv=1+day+02%3a00%3a00&j=%7b%22a%22%3a+1%7d&jb=%7b%22b%22%3a+%5b1%2c+2%5d%7d&u=a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11&ia=%7b1%7d&ta=%7b%22a+b%22%2cNULL%2c%22NULL%22%2cc%7d&r=%5b1%2c5%29&ip=10.0.0.1%2f8&pt=%281%2c2%29&x=%3ca%3ex%3c%2fa%3e&bt=101 | app.item | NULL | NULL | NULL
    """#,
    "settings of the session": #"""
    I:id | id=1&d=02.01.2020&tz=02.01.2020+08%3a34%3a05+IST&by=%5c000%5c377A&iv=P1D | app.item | NULL | NULL | NULL
    """#,
    "values that are equal but not the same": #"""
    error: primary key update not allowed
    I:id | id=1.0&f=0&i=1+mon&a=%7b1%2c2%7d&j=%7b%22a%22%3a+1.0%7d | app.item | NULL | NULL | NULL
    U:id | id=1.00&f=0&i=1+mon&a=%7b1%2c2%7d&j=%7b%22a%22%3a+1.0%7d | app.item | NULL | NULL | NULL
    U:id | id=1.00&f=-0&i=1+mon&a=%7b1%2c2%7d&j=%7b%22a%22%3a+1.0%7d | app.item | NULL | NULL | NULL
    U:id | id=1.00&f=-0&i=30+days&a=%7b1%2c2%7d&j=%7b%22a%22%3a+1.0%7d | app.item | NULL | NULL | NULL
    U:id | id=1.00&f=-0&i=30+days&a=%5b0%3a1%5d%3d%7b1%2c2%7d&j=%7b%22a%22%3a+1.0%7d | app.item | NULL | NULL | NULL
    U:id | id=1.00&f=-0&i=30+days&a=%5b0%3a1%5d%3d%7b1%2c2%7d&j=%7b%22a%22%3a+1.00%7d | app.item | NULL | NULL | NULL
    D:id | id=1.00&f=-0&i=30+days&a=%5b0%3a1%5d%3d%7b1%2c2%7d&j=%7b%22a%22%3a+1.00%7d | app.item | NULL | NULL | NULL
    """#,
    "dropped columns": #"""
    I:id | id=1&v=a | app.item | NULL | NULL | NULL
    U:id | id=1&v=x | app.item | id=1&v=a | NULL | NULL
    U:id | id=1&v=x&w=y | app.item | id=1&v=x&w=def | NULL | NULL
    D:id | id=1&w=y | app.item | NULL | NULL | NULL
    """#,
    "backup": #"""
    I:id | id=1&a=a&b&c=c+d | app.item | NULL | NULL | NULL
    U:id | id=1&a=a&b=x&c=c+d | app.item | id=1&a=a&b&c=c+d | NULL | NULL
    U:id | id=1&a=a&b=x&c=c+d | app.item | id=1&a=a&b=x&c=c+d | NULL | NULL
    D:id | id=1&a=a&b=x&c=c+d | app.item | NULL | NULL | NULL
    """#,
    "ignore": #"""
    I:id | id=1&a=a | app.item | NULL | NULL | NULL
    U:id | id=1&a=z | app.item | NULL | NULL | NULL
    U:id | id=1&a=z | app.item | NULL | NULL | NULL
    D:id | id=1&a=z | app.item | NULL | NULL | NULL
    """#,
    "ignore the key": #"""
    error: primary key update not allowed
    I:id | a=a&b=b&c=c | app.item | NULL | NULL | NULL
    U:id | a=a&b=x&c=c | app.item | NULL | NULL | NULL
    D:id | a=a&b=x&c=c | app.item | NULL | NULL | NULL
    """#,
    "ignore with backup": #"""
    I:id | id=1&a=a&c=c | app.item | NULL | NULL | NULL
    U:id | id=1&a=x&c=c | app.item | id=1&a=a&c=c | NULL | NULL
    """#,
    "pkey": #"""
    error: primary key update not allowed
    I:x | x=1&y=y | app.item | NULL | NULL | NULL
    U:x | x=1&y=z | app.item | NULL | NULL | NULL
    D:x | x=1&y=z | app.item | NULL | NULL | NULL
    I:x | x&y=n | app.item | NULL | NULL | NULL
    D:x | x&y=n | app.item | NULL | NULL | NULL
    """#,
    "pkey of two columns": #"""
    I:y,x | x=1&y=y&z | app.item | NULL | NULL | NULL
    U:y,x | x=1&y=y&z=3 | app.item | NULL | NULL | NULL
    D:y,x | x=1&y=y&z=3 | app.item | NULL | NULL | NULL
    """#,
    "SKIP": #"""
    I:id | id=1&a=a&b=b&c=c | app.item | NULL | NULL | NULL
    """#,
    "SKIP after": #"""
    error: SKIP does not work in AFTER trigger.
    """#,
    "before without SKIP": #"""
    I:id | id=1&a=a&b=b&c=c | app.item | NULL | NULL | NULL
    U:id | id=1&a=q&b=b&c=c | app.item | NULL | NULL | NULL
    D:id | id=1&a=q&b=b&c=c | app.item | NULL | NULL | NULL
    """#,
    "deny": #"""
    error: Table 'app.item' to queue 'QUEUE': change not allowed (INSERT)
    error: Table 'app.item' to queue 'QUEUE': change not allowed (UPDATE)
    error: Table 'app.item' to queue 'QUEUE': change not allowed (DELETE)
    """#,
    "deny truncate": #"""
    error: Table 'app.item' to queue 'QUEUE': change not allowed (TRUNCATE)
    """#,
    "session_replication_role": #"""
    I:id | id=3&a=a&b=b&c=c | app.item | NULL | NULL | NULL
    """#,
    "expressions": #"""
    A | id=1&a=a&b=b&c=3 | x1b | 4 | NULL | 2.5
    ZZ | id=1&a=zz&b=b&c=3 | x1b | 4 | NULL | 2.5
    ZZ | id=1&a=zz&b=b&c=3 | x1b | 4 | NULL | 2.5
    """#,
    "expression for the data": #"""
    I:id | ab | app.item | t | 1    | {a,b}
    U:id | NULL | app.item | t | 1    | {a,NULL}
    """#,
    "null for the data": #"""
    I:id | NULL | NULL | NULL | NULL | NULL
    """#,
    "expression with two rows": #"""
    error: Expect 1 row from override query, got 2
    """#,
    "expression with unknown column": #"""
    error: column "nosuch" does not exist
    """#,
    "when": #"""
    I:id | id=1&a=yes&b=b&c=3 | app.item | NULL | NULL | NULL
    U:id | id=2&a=yes&b=b&c=3 | app.item | NULL | NULL | NULL
    D:id | id=2&a=yes&b=b&c=3 | app.item | NULL | NULL | NULL
    """#,
    "when is null": #"""
    error: when= should not be NULL
    """#,
    "when is not boolean": #"""
    error: when= query result must be boolean, got=23
    """#,
    "when and SKIP": "",
    "columns with special names": #"""
    mt | md | m1 | NULL | NULL | expression
    mt | NULL | NULL | NULL | NULL | expression
    """#,
    "column with special name for the type": #"""
    mt | id=1 | app.item | NULL | NULL | NULL
    n | id=1 | app.item | NULL | NULL | NULL
    """#,
    "column with unknown special name": #"""
    error: Unknown magic column: _pgq_ev_foo
    """#,
    "unknown option": #"""
    error: bad param to pgq trigger
    """#,
    "truncate": #"""
    R |  | app.item | NULL | NULL | NULL
    """#,
    "truncate before with SKIP": #"""
    R |  | app.item | NULL | NULL | NULL
    """#,
    "truncate with ignore": #"""
    error: Column ignore does not make sense for truncate trigger
    """#,
    "truncate with pkey": #"""
    error: Custom pkey_list does not make sense for truncate trigger
    """#,
    "truncate with backup": #"""
    error: Backup does not make sense for truncate trigger
    """#,
    "truncate with expression": #"""
    error: Custom expressions do not make sense for truncater trigger
    """#,
    "rows for each statement": #"""
    error: pgq Ins/Upd/Del trigger must be fired FOR EACH ROW
    """#,
    "partition": #"""
    I:id,k | id=1&k=1&v=x | app.item_1 | NULL | NULL | NULL
    U:id,k | id=1&k=1&v=y | app.item_1 | NULL | NULL | NULL
    D:id,k | id=1&k=1&v=y | app.item_1 | NULL | NULL | NULL
    """#,
  ]
}
