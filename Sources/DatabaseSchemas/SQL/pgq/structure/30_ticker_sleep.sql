-- Whether the ticker polls (1) or sleeps until a producer wakes it (2). A sequence, because its value is seen at once by
-- every transaction, whatever its snapshot, and costs a producer well under a microsecond to read.
create sequence if not exists pgq.ticker_sleep_seq;
do $$
begin
    if pg_catalog.pg_sequence_last_value('pgq.ticker_sleep_seq') is null then
        perform pg_catalog.setval('pgq.ticker_sleep_seq', 1);
    end if;
end
$$;
