-- Whether this node lets a name of the set be registered. Attributes of the node decide: register_only_tables, register_skip_tables,
-- register_only_seqs and register_skip_seqs are lists of names with commas, in which * and ? stand for other characters.
--
-- Parameters: i_kind: tables or seqs; i_name: qualified name.
-- May be called by: functions of this schema only.
create or replace function londiste._is_wanted(i_queue_name text, i_kind text, i_name text)
returns bool
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(bool_and(case f.word when 'only' then f.fits else not f.fits end), true)
    from (
        select w.word, exists (
                select 1 from unnest(string_to_array(londiste._attribute(n.node_attrs, 'register_' || w.word || '_' || i_kind), ',')) p
                where i_name like replace(replace(replace(replace(replace(
                    londiste.make_fqname(btrim(p)), '\', '\\'), '%', '\%'), '_', '\_'), '*', '%'), '?', '_')) as fits
        from pgq_node.node_info n
        cross join (values ('only'), ('skip')) w (word)
        where n.queue_name = i_queue_name
          and londiste._attribute(n.node_attrs, 'register_' || w.word || '_' || i_kind) is not null) f
$$;
