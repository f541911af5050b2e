-- Two roles for Lyceum: the owner of the database, which runs migrations, and the role of the application.
-- Run once by a superuser, with psql 14 or newer and both passwords in the environment; compose.yaml does so in an empty volume:
--   OWNER_PASSWORD=... APP_PASSWORD=... psql --username postgres --file deploy/postgres/roles.sql
-- `manage.py migrate_schemas` grants rights to the second if DATABASE_APP_ROLE is set.
\set ON_ERROR_STOP on
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD
CREATE ROLE lyceum LOGIN NOSUPERUSER NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE lyceum_app LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB PASSWORD :'app_password';
CREATE DATABASE lyceum OWNER lyceum;
-- In databases of older PostgreSQL versions everybody may create tables in `public`. Nobody needs temporary tables.
\connect lyceum
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON DATABASE lyceum FROM PUBLIC;
GRANT CONNECT ON DATABASE lyceum TO lyceum_app;
