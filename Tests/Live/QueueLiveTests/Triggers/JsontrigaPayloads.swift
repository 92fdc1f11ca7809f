/// Events and errors of `pgq.jsontriga`, as the original's C function makes them.
enum JsontrigaPayloads {
  static let expected: [String: String] = [
    "plain text and numbers": #"""
    {"op":"INSERT","table":["app","item"],"pkey":["id"]} | {"id":1,"name":"a b&c=d%/é+~*'\"\\ä","price":"1.50"} | app.item | NULL | NULL | NULL
    {"op":"INSERT","table":["app","item"],"pkey":["id"]} | {"id":2,"name":null,"price":null} | app.item | NULL | NULL | NULL
    {"op":"INSERT","table":["app","item"],"pkey":["id"]} | {"id":3,"name":"","price":"0"} | app.item | NULL | NULL | NULL
    {"op":"INSERT","table":["app","item"],"pkey":["id"]} | {"id":4,"name":"line\nline\ttab","price":"7"} | app.item | NULL | NULL | NULL
    {"op":"INSERT","table":["app","item"],"pkey":["id"]} | {"id":5,"name":"\u0001\b\f\r⌦😀","price":"-1"} | app.item | NULL | NULL | NULL
    {"op":"UPDATE","table":["app","item"],"pkey":["id"]} | {"id":1,"name":"x","price":"1.50"} | app.item | NULL | NULL | NULL
    {"op":"UPDATE","table":["app","item"],"pkey":["id"]} | {"id":1,"name":"x","price":"1.50"} | app.item | NULL | NULL | NULL
    {"op":"UPDATE","table":["app","item"],"pkey":["id"]} | {"id":1,"name":"x","price":"1.5"} | app.item | NULL | NULL | NULL
    {"op":"UPDATE","table":["app","item"],"pkey":["id"]} | {"id":1,"name":null,"price":"3"} | app.item | NULL | NULL | NULL
    {"op":"UPDATE","table":["app","item"],"pkey":["id"]} | {"id":3,"name":"back\\slash'q","price":"0"} | app.item | NULL | NULL | NULL
    {"op":"DELETE","table":["app","item"],"pkey":["id"]} | {"id":1,"name":null,"price":"3"} | app.item | NULL | NULL | NULL
    {"op":"DELETE","table":["app","item"],"pkey":["id"]} | {"id":2,"name":null,"price":null} | app.item | NULL | NULL | NULL
    {"op":"DELETE","table":["app","item"],"pkey":["id"]} | {"id":3,"name":"back\\slash'q","price":"0"} | app.item | NULL | NULL | NULL
    """#,
    "changed key": #"""
    error: primary key update not allowed
    {"op":"INSERT","table":["app","item"],"pkey":["id"]} | {"id":1,"a":"a","b":"b","c":"c"} | app.item | NULL | NULL | NULL
    {"op":"UPDATE","table":["app","item"],"pkey":["id"]} | {"id":1,"a":"x","b":"b","c":"c"} | app.item | NULL | NULL | NULL
    """#,
    "key of two columns": #"""
    {"op":"INSERT","table":["app","item"],"pkey":["a","b"]} | {"b":"B","a":1,"c":true,"d":"d"} | app.item | NULL | NULL | NULL
    {"op":"INSERT","table":["app","item"],"pkey":["a","b"]} | {"b":"it's\\","a":2,"c":false,"d":null} | app.item | NULL | NULL | NULL
    {"op":"UPDATE","table":["app","item"],"pkey":["a","b"]} | {"b":"B","a":1,"c":null,"d":"z"} | app.item | NULL | NULL | NULL
    {"op":"UPDATE","table":["app","item"],"pkey":["a","b"]} | {"b":"it's\\","a":2,"c":null,"d":"z"} | app.item | NULL | NULL | NULL
    {"op":"UPDATE","table":["app","item"],"pkey":["a","b"]} | {"b":"B","a":1,"c":null,"d":"z"} | app.item | NULL | NULL | NULL
    {"op":"UPDATE","table":["app","item"],"pkey":["a","b"]} | {"b":"it's\\","a":2,"c":null,"d":"z"} | app.item | NULL | NULL | NULL
    {"op":"DELETE","table":["app","item"],"pkey":["a","b"]} | {"b":"B","a":1,"c":null,"d":"z"} | app.item | NULL | NULL | NULL
    {"op":"DELETE","table":["app","item"],"pkey":["a","b"]} | {"b":"it's\\","a":2,"c":null,"d":"z"} | app.item | NULL | NULL | NULL
    """#,
    "no key": #"""
    error: Update/Delete on table without pkey
    error: Update/Delete on table without pkey
    {"op":"INSERT","table":["app","item"],"pkey":[]} | {"x":1,"y":"y"} | app.item | NULL | NULL | NULL
    """#,
    "quoted names": #"""
    {"op":"INSERT","table":["app","It\"em"],"pkey":["select"]} | {"select":1,"Col A":"A","ünï":"ü","q\"q":"q","a.b":"ab","100%":"%"} | app.It"em | NULL | NULL | NULL
    {"op":"UPDATE","table":["app","It\"em"],"pkey":["select"]} | {"select":1,"Col A":"B","ünï":null,"q\"q":"q","a.b":"..","100%":"%"} | app.It"em | NULL | NULL | NULL
    {"op":"DELETE","table":["app","It\"em"],"pkey":["select"]} | {"select":1,"Col A":"B","ünï":null,"q\"q":"q","a.b":"..","100%":"%"} | app.It"em | NULL | NULL | NULL
    """#,
    "types": #"""
    {"op":"INSERT","table":["app","item"],"pkey":["id"]} | {"id":1,"i2":2,"i4":3,"f4":"1.5","f8":"2.25","n":"3.100","b":true,"c":"c    ","vc":"vc","by":"\\xdeadbeef","d":"2020-01-02","ts":"2020-01-02T03:04:05.6","tz":"2020-01-02T01:04:05.678+00:00","ti":"01:02:03","iv":"1 day 02:00:00","j":"{\"a\":  1}","jb":"{\"b\": [1, 2]}","u":"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11","ia":"{1,NULL,3}","ta":"{\"a b\",NULL,\"NULL\",c}","r":"[1,5)","ip":"10.0.0.1/8","pt":"(1,2)","x":"<a>x</a>","bt":"101"} | app.item | NULL | NULL | NULL
    {"op":"INSERT","table":["app","item"],"pkey":["id"]} | {"id":2,"i2":null,"i4":null,"f4":"NaN","f8":"-Infinity","n":"NaN","b":null,"c":null,"vc":null,"by":null,"d":"infinity","ts":"-infinity","tz":"infinity","ti":null,"iv":null,"j":null,"jb":null,"u":null,"ia":null,"ta":null,"r":null,"ip":null,"pt":null,"x":null,"bt":null} | app.item | NULL | NULL | NULL
    {"op":"INSERT","table":["app","item"],"pkey":["id"]} | {"id":3,"i2":null,"i4":null,"f4":"1e-10","f8":"1e+300","n":"0.000","b":null,"c":null,"vc":null,"by":null,"d":"0044-03-15 BC","ts":"0044-03-15T00:00:00 BC","tz":"0044-03-15T00:00:00+00:00 BC","ti":null,"iv":null,"j":null,"jb":null,"u":null,"ia":null,"ta":null,"r":null,"ip":null,"pt":null,"x":null,"bt":null} | app.item | NULL | NULL | NULL
    {"op":"UPDATE","table":["app","item"],"pkey":["id"]} | {"id":1,"i2":2,"i4":3,"f4":"1.5","f8":"2.25","n":"3.100","b":true,"c":"c    ","vc":"vc","by":"\\xdeadbeef","d":"2020-01-02","ts":null,"tz":"2020-01-02T01:04:05.678+00:00","ti":"01:02:03","iv":"1 day 02:00:00","j":"{\"a\": 1}","jb":"{\"b\": [1, 2]}","u":"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11","ia":"{1}","ta":"{\"a b\",NULL,\"NULL\",c}","r":"[1,5)","ip":"10.0.0.1/8","pt":"(1,2)","x":"<a>x</a>","bt":"101"} | app.item | NULL | NULL | NULL
    {"op":"DELETE","table":["app","item"],"pkey":["id"]} | {"id":2,"i2":null,"i4":null,"f4":"NaN","f8":"-Infinity","n":"NaN","b":null,"c":null,"vc":null,"by":null,"d":"infinity","ts":"-infinity","tz":"infinity","ti":null,"iv":null,"j":null,"jb":null,"u":null,"ia":null,"ta":null,"r":null,"ip":null,"pt":null,"x":null,"bt":null} | app.item | NULL | NULL | NULL
    {"op":"DELETE","table":["app","item"],"pkey":["id"]} | {"id":3,"i2":null,"i4":null,"f4":"1e-10","f8":"1e+300","n":"0.000","b":null,"c":null,"vc":null,"by":null,"d":"0044-03-15 BC","ts":"0044-03-15T00:00:00 BC","tz":"0044-03-15T00:00:00+00:00 BC","ti":null,"iv":null,"j":null,"jb":null,"u":null,"ia":null,"ta":null,"r":null,"ip":null,"pt":null,"x":null,"bt":null} | app.item | NULL | NULL | NULL
    {"op":"DELETE","table":["app","item"],"pkey":["id"]} | {"id":1,"i2":2,"i4":3,"f4":"1.5","f8":"2.25","n":"3.100","b":true,"c":"c    ","vc":"vc","by":"\\xdeadbeef","d":"2020-01-02","ts":null,"tz":"2020-01-02T01:04:05.678+00:00","ti":"01:02:03","iv":"1 day 02:00:00","j":"{\"a\": 1}","jb":"{\"b\": [1, 2]}","u":"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11","ia":"{1}","ta":"{\"a b\",NULL,\"NULL\",c}","r":"[1,5)","ip":"10.0.0.1/8","pt":"(1,2)","x":"<a>x</a>","bt":"101"} | app.item | NULL | NULL | NULL
    """#,
    "settings of the session": #"""
    {"op":"INSERT","table":["app","item"],"pkey":["id"]} | {"id":1,"d":"2020-01-02","tz":"2020-01-02T08:34:05+05:30","by":"\\000\\377A","iv":"P1D"} | app.item | NULL | NULL | NULL
    """#,
    "values that are equal but not the same": #"""
    error: primary key update not allowed
    {"op":"INSERT","table":["app","item"],"pkey":["id"]} | {"id":"1.0","f":"0","i":"1 mon","a":"{1,2}","j":"{\"a\": 1.0}"} | app.item | NULL | NULL | NULL
    {"op":"UPDATE","table":["app","item"],"pkey":["id"]} | {"id":"1.00","f":"0","i":"1 mon","a":"{1,2}","j":"{\"a\": 1.0}"} | app.item | NULL | NULL | NULL
    {"op":"UPDATE","table":["app","item"],"pkey":["id"]} | {"id":"1.00","f":"-0","i":"1 mon","a":"{1,2}","j":"{\"a\": 1.0}"} | app.item | NULL | NULL | NULL
    {"op":"UPDATE","table":["app","item"],"pkey":["id"]} | {"id":"1.00","f":"-0","i":"30 days","a":"{1,2}","j":"{\"a\": 1.0}"} | app.item | NULL | NULL | NULL
    {"op":"UPDATE","table":["app","item"],"pkey":["id"]} | {"id":"1.00","f":"-0","i":"30 days","a":"[0:1]={1,2}","j":"{\"a\": 1.0}"} | app.item | NULL | NULL | NULL
    {"op":"UPDATE","table":["app","item"],"pkey":["id"]} | {"id":"1.00","f":"-0","i":"30 days","a":"[0:1]={1,2}","j":"{\"a\": 1.00}"} | app.item | NULL | NULL | NULL
    {"op":"DELETE","table":["app","item"],"pkey":["id"]} | {"id":"1.00","f":"-0","i":"30 days","a":"[0:1]={1,2}","j":"{\"a\": 1.00}"} | app.item | NULL | NULL | NULL
    """#,
    "dropped columns": #"""
    {"op":"INSERT","table":["app","item"],"pkey":["id"]} | {"id":1,"v":"a"} | app.item | NULL | NULL | NULL
    {"op":"UPDATE","table":["app","item"],"pkey":["id"]} | {"id":1,"v":"x"} | app.item | {"id":1,"v":"a"} | NULL | NULL
    {"op":"UPDATE","table":["app","item"],"pkey":["id"]} | {"id":1,"v":"x","w":"y"} | app.item | {"id":1,"v":"x","w":"def"} | NULL | NULL
    {"op":"DELETE","table":["app","item"],"pkey":["id"]} | {"id":1,"w":"y"} | app.item | NULL | NULL | NULL
    """#,
    "backup": #"""
    {"op":"INSERT","table":["app","item"],"pkey":["id"]} | {"id":1,"a":"a","b":null,"c":"c d"} | app.item | NULL | NULL | NULL
    {"op":"UPDATE","table":["app","item"],"pkey":["id"]} | {"id":1,"a":"a","b":"x","c":"c d"} | app.item | {"id":1,"a":"a","b":null,"c":"c d"} | NULL | NULL
    {"op":"UPDATE","table":["app","item"],"pkey":["id"]} | {"id":1,"a":"a","b":"x","c":"c d"} | app.item | {"id":1,"a":"a","b":"x","c":"c d"} | NULL | NULL
    {"op":"DELETE","table":["app","item"],"pkey":["id"]} | {"id":1,"a":"a","b":"x","c":"c d"} | app.item | NULL | NULL | NULL
    """#,
    "ignore": #"""
    {"op":"INSERT","table":["app","item"],"pkey":["id"]} | {"id":1,"a":"a"} | app.item | NULL | NULL | NULL
    {"op":"UPDATE","table":["app","item"],"pkey":["id"]} | {"id":1,"a":"z"} | app.item | NULL | NULL | NULL
    {"op":"UPDATE","table":["app","item"],"pkey":["id"]} | {"id":1,"a":"z"} | app.item | NULL | NULL | NULL
    {"op":"DELETE","table":["app","item"],"pkey":["id"]} | {"id":1,"a":"z"} | app.item | NULL | NULL | NULL
    """#,
    "ignore the key": #"""
    error: primary key update not allowed
    {"op":"INSERT","table":["app","item"],"pkey":["id"]} | {"a":"a","b":"b","c":"c"} | app.item | NULL | NULL | NULL
    {"op":"UPDATE","table":["app","item"],"pkey":["id"]} | {"a":"a","b":"x","c":"c"} | app.item | NULL | NULL | NULL
    {"op":"DELETE","table":["app","item"],"pkey":["id"]} | {"a":"a","b":"x","c":"c"} | app.item | NULL | NULL | NULL
    """#,
    "ignore with backup": #"""
    {"op":"INSERT","table":["app","item"],"pkey":["id"]} | {"id":1,"a":"a","c":"c"} | app.item | NULL | NULL | NULL
    {"op":"UPDATE","table":["app","item"],"pkey":["id"]} | {"id":1,"a":"x","c":"c"} | app.item | {"id":1,"a":"a","c":"c"} | NULL | NULL
    """#,
    "pkey": #"""
    error: primary key update not allowed
    {"op":"INSERT","table":["app","item"],"pkey":["x"]} | {"x":1,"y":"y"} | app.item | NULL | NULL | NULL
    {"op":"UPDATE","table":["app","item"],"pkey":["x"]} | {"x":1,"y":"z"} | app.item | NULL | NULL | NULL
    {"op":"DELETE","table":["app","item"],"pkey":["x"]} | {"x":1,"y":"z"} | app.item | NULL | NULL | NULL
    {"op":"INSERT","table":["app","item"],"pkey":["x"]} | {"x":null,"y":"n"} | app.item | NULL | NULL | NULL
    {"op":"DELETE","table":["app","item"],"pkey":["x"]} | {"x":null,"y":"n"} | app.item | NULL | NULL | NULL
    """#,
    "pkey of two columns": #"""
    {"op":"INSERT","table":["app","item"],"pkey":["y","x"]} | {"x":1,"y":"y","z":null} | app.item | NULL | NULL | NULL
    {"op":"UPDATE","table":["app","item"],"pkey":["y","x"]} | {"x":1,"y":"y","z":3} | app.item | NULL | NULL | NULL
    {"op":"DELETE","table":["app","item"],"pkey":["y","x"]} | {"x":1,"y":"y","z":3} | app.item | NULL | NULL | NULL
    """#,
    "SKIP": #"""
    {"op":"INSERT","table":["app","item"],"pkey":["id"]} | {"id":1,"a":"a","b":"b","c":"c"} | app.item | NULL | NULL | NULL
    """#,
    "SKIP after": #"""
    error: SKIP does not work in AFTER trigger.
    """#,
    "before without SKIP": #"""
    {"op":"INSERT","table":["app","item"],"pkey":["id"]} | {"id":1,"a":"a","b":"b","c":"c"} | app.item | NULL | NULL | NULL
    {"op":"UPDATE","table":["app","item"],"pkey":["id"]} | {"id":1,"a":"q","b":"b","c":"c"} | app.item | NULL | NULL | NULL
    {"op":"DELETE","table":["app","item"],"pkey":["id"]} | {"id":1,"a":"q","b":"b","c":"c"} | app.item | NULL | NULL | NULL
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
    {"op":"INSERT","table":["app","item"],"pkey":["id"]} | {"id":3,"a":"a","b":"b","c":"c"} | app.item | NULL | NULL | NULL
    """#,
    "expressions": #"""
    A | {"id":1,"a":"a","b":"b","c":"3"} | x1b | 4 | NULL | 2.5
    ZZ | {"id":1,"a":"zz","b":"b","c":"3"} | x1b | 4 | NULL | 2.5
    ZZ | {"id":1,"a":"zz","b":"b","c":"3"} | x1b | 4 | NULL | 2.5
    """#,
    "expression for the data": #"""
    {"op":"INSERT","table":["app","item"],"pkey":["id"]} | ab | app.item | t | 1    | {a,b}
    {"op":"UPDATE","table":["app","item"],"pkey":["id"]} | NULL | app.item | t | 1    | {a,NULL}
    """#,
    "null for the data": #"""
    {"op":"INSERT","table":["app","item"],"pkey":["id"]} | NULL | NULL | NULL | NULL | NULL
    """#,
    "expression with two rows": #"""
    error: Expect 1 row from override query, got 2
    """#,
    "expression with unknown column": #"""
    error: column "nosuch" does not exist
    """#,
    "when": #"""
    {"op":"INSERT","table":["app","item"],"pkey":["id"]} | {"id":1,"a":"yes","b":"b","c":"3"} | app.item | NULL | NULL | NULL
    {"op":"UPDATE","table":["app","item"],"pkey":["id"]} | {"id":2,"a":"yes","b":"b","c":"3"} | app.item | NULL | NULL | NULL
    {"op":"DELETE","table":["app","item"],"pkey":["id"]} | {"id":2,"a":"yes","b":"b","c":"3"} | app.item | NULL | NULL | NULL
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
    mt | {"id":1} | app.item | NULL | NULL | NULL
    n | {"id":1} | app.item | NULL | NULL | NULL
    """#,
    "column with unknown special name": #"""
    error: Unknown magic column: _pgq_ev_foo
    """#,
    "unknown option": #"""
    error: bad param to pgq trigger
    """#,
    "truncate": #"""
    {"op":"TRUNCATE","table":["app","item"],"pkey":["id"]} | {} | app.item | NULL | NULL | NULL
    """#,
    "truncate before with SKIP": #"""
    {"op":"TRUNCATE","table":["app","item"],"pkey":["id"]} | {} | app.item | NULL | NULL | NULL
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
    {"op":"INSERT","table":["app","item_1"],"pkey":["id","k"]} | {"id":1,"k":1,"v":"x"} | app.item_1 | NULL | NULL | NULL
    {"op":"UPDATE","table":["app","item_1"],"pkey":["id","k"]} | {"id":1,"k":1,"v":"y"} | app.item_1 | NULL | NULL | NULL
    {"op":"DELETE","table":["app","item_1"],"pkey":["id","k"]} | {"id":1,"k":1,"v":"y"} | app.item_1 | NULL | NULL | NULL
    """#,
  ]
}
