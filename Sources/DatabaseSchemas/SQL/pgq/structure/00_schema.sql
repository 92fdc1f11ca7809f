-- Schema of the queue. Its interface is that of PgQ 3; everything in it is usable only through the grants in grants/.
create schema if not exists pgq;
