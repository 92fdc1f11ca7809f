-- Event trigger at the beginning of a command: notes the search_path of who gives it, with which its names are meant. Runs as its caller,
-- as a function with a search_path of its own would not see his. For the session, as CREATE INDEX CONCURRENTLY has several transactions.
create or replace function trunkline._ddl_remember()
returns event_trigger
language plpgsql
as $$
begin
    perform pg_catalog.set_config('trunkline.ddl_search_path', pg_catalog.current_setting('search_path'), false);
end
$$;
