-- Schema of work sharing: several members of one consumer divide its batches among them. Its interface is that of pgq_coop 3.
create schema if not exists pgq_coop;
