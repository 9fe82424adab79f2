-- Two roles for PostgreSQL: one that migrates and owns the tables, one that the programs use.
-- Run by the owner of the tables, in Handrail's database, after `handrail migrate`; safe to repeat.
--   psql --dbname "$OWNER_URL" --file roles.sql
-- Then give the role a password: \password handrail_app

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'handrail_app') THEN
        CREATE ROLE handrail_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
    END IF;
END $$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO handrail_app;

-- Rows come and go; tables do not. No TRUNCATE, no REFERENCES, no TRIGGER.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO handrail_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO handrail_app;
-- The same for tables that later migrations of this owner will add.
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO handrail_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO handrail_app;

-- The audit log takes entries. Its trigger lets those older than two years be removed, and no other; who does not
-- own the table cannot switch the trigger off. Which version the schema is at, only migrations say.
REVOKE UPDATE ON audit_entries FROM handrail_app;
REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM handrail_app;
