-- Gives a consumer to a role.
--
-- Parameters: i_sub_queue, i_sub_consumer: the subscription; i_owner: the role; null: to nobody.
-- Errors: no such role (undefined_object).
-- May be called by: functions of this schema only.
create or replace function trunkline._set_owner(i_sub_queue int4, i_sub_consumer int4, i_owner name)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if i_owner is null then
        delete from trunkline.consumer_owner where sub_queue = i_sub_queue and sub_consumer = i_sub_consumer;
        return;
    end if;
    if to_regrole(quote_ident(i_owner)) is null then
        raise exception 'role "%" does not exist', i_owner
            using errcode = 'undefined_object', hint = 'Create it first.';
    end if;
    insert into trunkline.consumer_owner (sub_queue, sub_consumer, owner) values (i_sub_queue, i_sub_consumer, i_owner)
    on conflict (sub_queue, sub_consumer) do update set owner = excluded.owner;
end
$$;
