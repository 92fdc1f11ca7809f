-- Takes over the original londiste, as an extension or as plain SQL: tables and what is in them stay, its functions make room.
do $$
begin
    perform pgq._take_over_schema('londiste');
end
$$;
