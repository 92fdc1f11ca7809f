-- Takes over the original pgq_coop, as an extension or as plain SQL: tables and what is in them stay, its functions make room.
do $$
begin
    perform pgq._take_over_schema('pgq_coop');
end
$$;
