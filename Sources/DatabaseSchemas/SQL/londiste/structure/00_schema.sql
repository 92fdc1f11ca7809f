-- Schema of table replication over cascaded queues. Its interface is that of londiste 3.
create schema if not exists londiste;
