#!/bin/sh
# A database and two roles a service: <database>_owner migrates, <database> works and owns nothing.
set -eu
password=$(cat "${PREAU_DATABASE_PASSWORD_FILE:-/nonexistent}" 2>/dev/null || printf %s "$PREAU_DATABASE_PASSWORD")

for service in identity reservations billing payments requests; do
    database=preau_$service
    psql --set=ON_ERROR_STOP=1 --quiet --username "${POSTGRES_USER:-postgres}" --dbname postgres \
        --set=database="$database" --set=owner="${database}_owner" --set=password="$password" <<'SQL'
CREATE ROLE :"owner" LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'password';
CREATE ROLE :"database" LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'password';
CREATE DATABASE :"database" OWNER :"owner";
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO :"database";
\connect :"database"
ALTER SCHEMA public OWNER TO :"owner";
GRANT USAGE ON SCHEMA public TO :"database";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"database";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO :"database";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO :"database";
SQL
done
