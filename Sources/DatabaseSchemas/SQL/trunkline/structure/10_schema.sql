-- Schema of everything that goes beyond the interfaces of PgQ and Londiste.
create schema if not exists trunkline;
