-- Two roles for Lyceum: one that owns the database and migrates it, one that the application signs in as.
-- Run once by a superuser, with psql 14 or newer and both passwords in the environment; compose.yaml does so in an empty volume:
--   OWNER_PASSWORD=... APP_PASSWORD=... psql --username postgres --file deploy/postgres/roles.sql
-- What the second may do is granted by `manage.py migrate_schemas` where DATABASE_APP_ROLE names it.
\set ON_ERROR_STOP on
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD
CREATE ROLE lyceum LOGIN NOSUPERUSER NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE lyceum_app LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB PASSWORD :'app_password';
CREATE DATABASE lyceum OWNER lyceum;
-- Where an older PostgreSQL made the database, everybody may create tables in `public`; and nobody needs temporary tables.
\connect lyceum
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON DATABASE lyceum FROM PUBLIC;
GRANT CONNECT ON DATABASE lyceum TO lyceum_app;
