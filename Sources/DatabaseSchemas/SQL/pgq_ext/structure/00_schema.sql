-- Schema for targets of consumers: remembers, in the transaction of the data, what was processed. Its interface is that of
-- pgq_ext 3. Nothing in it needs a queue in the same database.
create schema if not exists pgq_ext;
