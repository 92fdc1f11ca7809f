/// Events and errors of `pgq.sqltriga`, as the original's C function makes them.
enum SqltrigaPayloads {
  static let expected: [String: String] = [
    "plain text and numbers": #"""
    I | (id,name,price) values ('1',E'a b&c=d%/é+~*''"\\ä','1.50') | app.item | NULL | NULL | NULL
    I | (id,name,price) values ('2',null,null) | app.item | NULL | NULL | NULL
    I | (id,name,price) values ('3','','0') | app.item | NULL | NULL | NULL
    I | (id,name,price) values ('4','line⏎line⇥tab','7') | app.item | NULL | NULL | NULL
    I | (id,name,price) values ('5','①⌫⇟↩⌦😀','-1') | app.item | NULL | NULL | NULL
    U | name='x' where id='1' | app.item | NULL | NULL | NULL
    U | id='1' where id='1' | app.item | NULL | NULL | NULL
    U | id='1' where id='1' | app.item | NULL | NULL | NULL
    U | name=NULL,price='3' where id='1' | app.item | NULL | NULL | NULL
    U | name=E'back\\slash''q' where id='3' | app.item | NULL | NULL | NULL
    D | id='1' | app.item | NULL | NULL | NULL
    D | id='2' | app.item | NULL | NULL | NULL
    D | id='3' | app.item | NULL | NULL | NULL
    """#,
    "changed key": #"""
    error: primary key update not allowed
    I | (id,a,b,c) values ('1','a','b','c') | app.item | NULL | NULL | NULL
    U | a='x' where id='1' | app.item | NULL | NULL | NULL
    """#,
    "key of two columns": #"""
    I | (b,a,c,d) values ('B','1','t','d') | app.item | NULL | NULL | NULL
    I | (b,a,c,d) values (E'it''s\\','2','f',null) | app.item | NULL | NULL | NULL
    U | c=NULL,d='z' where b='B' and a='1' | app.item | NULL | NULL | NULL
    U | c=NULL,d='z' where b=E'it''s\\' and a='2' | app.item | NULL | NULL | NULL
    U | b='B' where b='B' and a='1' | app.item | NULL | NULL | NULL
    U | b=E'it''s\\' where b=E'it''s\\' and a='2' | app.item | NULL | NULL | NULL
    D | b='B' and a='1' | app.item | NULL | NULL | NULL
    D | b=E'it''s\\' and a='2' | app.item | NULL | NULL | NULL
    """#,
    "no key": #"""
    error: Update/Delete on table without pkey
    error: Update/Delete on table without pkey
    I | (x,y) values ('1','y') | app.item | NULL | NULL | NULL
    """#,
    "quoted names": #"""
    I | ("select","Col A","ünï","q""q","a.b","100%") values ('1','A','ü','q','ab','%') | app.It"em | NULL | NULL | NULL
    U | "Col A"='B',"ünï"=NULL,"a.b"='..' where "select"='1' | app.It"em | NULL | NULL | NULL
    D | "select"='1' | app.It"em | NULL | NULL | NULL
    """#,
    "types": #"""
    I | (id,i2,i4,f4,f8,n,b,c,vc,by,d,ts,tz,ti,iv,j,jb,u,ia,ta,r,ip,pt,x,bt) values ('1','2','3','1.5','2.25','3.100','t','c    ','vc',E'\\xdeadbeef','2020-01-02','2020-01-02 03:04:05.6','2020-01-02 01:04:05.678+00','01:02:03','1 day 02:00:00','{"a":  1}','{"b": [1, 2]}','a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11','{1,NULL,3}','{"a b",NULL,"NULL",c}','[1,5)','10.0.0.1/8','(1,2)','<a>x</a>','101') | app.item | NULL | NULL | NULL
    I | (id,i2,i4,f4,f8,n,b,c,vc,by,d,ts,tz,ti,iv,j,jb,u,ia,ta,r,ip,pt,x,bt) values ('2',null,null,'NaN','-Infinity','NaN',null,null,null,null,'infinity','-infinity','infinity',null,null,null,null,null,null,null,null,null,null,null,null) | app.item | NULL | NULL | NULL
    I | (id,i2,i4,f4,f8,n,b,c,vc,by,d,ts,tz,ti,iv,j,jb,u,ia,ta,r,ip,pt,x,bt) values ('3',null,null,'1e-10','1e+300','0.000',null,null,null,null,'0044-03-15 BC','0044-03-15 00:00:00 BC','0044-03-15 00:00:00+00 BC',null,null,null,null,null,null,null,null,null,null,null,null) | app.item | NULL | NULL | NULL
    U | ts=NULL,j='{"a": 1}',ia='{1}' where id='1' | app.item | NULL | NULL | NULL
    D | id='2' | app.item | NULL | NULL | NULL
    D | id='3' | app.item | NULL | NULL | NULL
    D | id='1' | app.item | NULL | NULL | NULL
    """#,
    "settings of the session": #"""
    I | (id,d,tz,by,iv) values ('1','02.01.2020','02.01.2020 08:34:05 IST',E'\\000\\377A','P1D') | app.item | NULL | NULL | NULL
    """#,
    "values that are equal but not the same": #"""
    error: primary key update not allowed
    I | (id,f,i,a,j) values ('1.0','0','1 mon','{1,2}','{"a": 1.0}') | app.item | NULL | NULL | NULL
    U | id='1.0' where id='1.0' | app.item | NULL | NULL | NULL
    U | id='1.00' where id='1.00' | app.item | NULL | NULL | NULL
    U | id='1.00' where id='1.00' | app.item | NULL | NULL | NULL
    U | a='[0:1]={1,2}' where id='1.00' | app.item | NULL | NULL | NULL
    U | id='1.00' where id='1.00' | app.item | NULL | NULL | NULL
    D | id='1.00' | app.item | NULL | NULL | NULL
    """#,
    "dropped columns": #"""
    I | (id,v) values ('1','a') | app.item | NULL | NULL | NULL
    U | v='x' where id='1' | app.item | id=1&v=a | NULL | NULL
    U | w='y' where id='1' | app.item | id=1&v=x&w=def | NULL | NULL
    D | id='1' | app.item | NULL | NULL | NULL
    """#,
    "backup": #"""
    I | (id,a,b,c) values ('1','a',null,'c d') | app.item | NULL | NULL | NULL
    U | b='x' where id='1' | app.item | id=1&a=a&b&c=c+d | NULL | NULL
    U | id='1' where id='1' | app.item | id=1&a=a&b=x&c=c+d | NULL | NULL
    D | id='1' | app.item | NULL | NULL | NULL
    """#,
    "ignore": #"""
    I | (id,a) values ('1','a') | app.item | NULL | NULL | NULL
    U | a='z' where id='1' | app.item | NULL | NULL | NULL
    U | id='1' where id='1' | app.item | NULL | NULL | NULL
    D | id='1' | app.item | NULL | NULL | NULL
    """#,
    "ignore the key": #"""
    error: primary key update not allowed
    I | (a,b,c) values ('a','b','c') | app.item | NULL | NULL | NULL
    U | b='x' where id='1' | app.item | NULL | NULL | NULL
    D | id='1' | app.item | NULL | NULL | NULL
    """#,
    "ignore with backup": #"""
    I | (id,a,c) values ('1','a','c') | app.item | NULL | NULL | NULL
    U | a='x' where id='1' | app.item | id=1&a=a&c=c | NULL | NULL
    """#,
    "pkey": #"""
    error: primary key update not allowed
    error: logtriga: Unexpected NULL key value
    I | (x,y) values ('1','y') | app.item | NULL | NULL | NULL
    U | y='z' where x='1' | app.item | NULL | NULL | NULL
    D | x='1' | app.item | NULL | NULL | NULL
    I | (x,y) values (null,'n') | app.item | NULL | NULL | NULL
    """#,
    "pkey of two columns": #"""
    I | (x,y,z) values ('1','y',null) | app.item | NULL | NULL | NULL
    U | z='3' where x='1' and y='y' | app.item | NULL | NULL | NULL
    D | x='1' and y='y' | app.item | NULL | NULL | NULL
    """#,
    "SKIP": #"""
    I | (id,a,b,c) values ('1','a','b','c') | app.item | NULL | NULL | NULL
    """#,
    "SKIP after": #"""
    error: SKIP does not work in AFTER trigger.
    """#,
    "before without SKIP": #"""
    I | (id,a,b,c) values ('1','a','b','c') | app.item | NULL | NULL | NULL
    U | a='q' where id='1' | app.item | NULL | NULL | NULL
    D | id='1' | app.item | NULL | NULL | NULL
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
    I | (id,a,b,c) values ('3','a','b','c') | app.item | NULL | NULL | NULL
    """#,
    "expressions": #"""
    A | (id,a,b,c) values ('1','a','b','3') | x1b | 4 | NULL | 2.5
    ZZ | a='zz' where id='1' | x1b | 4 | NULL | 2.5
    ZZ | id='1' | x1b | 4 | NULL | 2.5
    """#,
    "expression for the data": #"""
    I | ab | app.item | t | 1    | {a,b}
    U | NULL | app.item | t | 1    | {a,NULL}
    """#,
    "null for the data": #"""
    I | NULL | NULL | NULL | NULL | NULL
    """#,
    "expression with two rows": #"""
    error: Expect 1 row from override query, got 2
    """#,
    "expression with unknown column": #"""
    error: column "nosuch" does not exist
    """#,
    "when": #"""
    I | (id,a,b,c) values ('1','yes','b','3') | app.item | NULL | NULL | NULL
    U | a='yes' where id='2' | app.item | NULL | NULL | NULL
    D | id='2' | app.item | NULL | NULL | NULL
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
    """#,
    "column with special name for the type": #"""
    mt | (id) values ('1') | app.item | NULL | NULL | NULL
    n | id='1' | app.item | NULL | NULL | NULL
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
    I | (id,k,v) values ('1','1','x') | app.item_1 | NULL | NULL | NULL
    U | v='y' where id='1' and k='1' | app.item_1 | NULL | NULL | NULL
    D | id='1' and k='1' | app.item_1 | NULL | NULL | NULL
    """#,
  ]
}
