#!/bin/sh
# Understands the variables of Docker's own mysql and mariadb images. The system tables are in the image, packed: an empty
# /var/lib/mysql is filled from there, accounts and database are made while the server starts.
set -eu

DATA=/var/lib/mysql
SEED=/usr/share/mariadb/data.tar.gz
HOOKS=/docker-entrypoint-initdb.d

say() { echo "$(date -u '+%Y-%m-%d %H:%M:%S+00:00') [$1] [Entrypoint]: $2" >&2; }
fail() {
  say ERROR "$1"
  exit 1
}

# setting NAME: the value of MARIADB_NAME or MYSQL_NAME, or the content of the file that ..._FILE names.
setting() {
  for prefix in MARIADB MYSQL; do
    eval "value=\${${prefix}_$1-} file=\${${prefix}_$1_FILE-}"
    if [ -n "$file" ]; then value=$(cat "$file"); fi
    if [ -n "$value" ]; then
      printf '%s' "$value"
      return
    fi
  done
}

# A string and a name in SQL.
text() { printf "'%s'" "$(printf '%s' "$1" | sed "s/\\\\/\\\\\\\\/g; s/'/''/g")"; }
name() { printf '`%s`' "$(printf '%s' "$1" | sed 's/`/``/g')"; }

read_settings() {
  ROOT_PASSWORD=$(setting ROOT_PASSWORD)
  ROOT_HOST=$(setting ROOT_HOST)
  DATABASE=$(setting DATABASE)
  USER_NAME=$(setting USER)
  PASSWORD=$(setting PASSWORD)
  RANDOM_PASSWORD=$(setting RANDOM_ROOT_PASSWORD)
  if [ -z "$ROOT_PASSWORD$RANDOM_PASSWORD$(setting ALLOW_EMPTY_PASSWORD)$(setting ALLOW_EMPTY_ROOT_PASSWORD)" ]; then
    fail 'Database is uninitialized and password option is not specified
    You need to specify one of the following as an environment variable:
    - MYSQL_ROOT_PASSWORD
    - MYSQL_ALLOW_EMPTY_PASSWORD
    - MYSQL_RANDOM_ROOT_PASSWORD'
  fi
  if [ "$USER_NAME" = root ]; then fail 'MYSQL_USER="root", MYSQL_USER and MYSQL_PASSWORD are for configuring a regular user and cannot be used for the root user'; fi
  if [ -n "$USER_NAME" ] && [ -z "$PASSWORD" ]; then fail 'MYSQL_USER specified, but missing MYSQL_PASSWORD'; fi
}

# One statement a line, as the server wants them.
print_accounts() {
  echo "ALTER USER 'root'@'localhost' IDENTIFIED BY $(text "$ROOT_PASSWORD");"
  echo "DROP USER IF EXISTS 'root'@'127.0.0.1', 'root'@'::1';"
  host=${ROOT_HOST:-%}
  if [ "$host" != localhost ]; then
    echo "CREATE USER 'root'@$(text "$host") IDENTIFIED BY $(text "$ROOT_PASSWORD");"
    echo "GRANT ALL ON *.* TO 'root'@$(text "$host") WITH GRANT OPTION;"
  fi
  if [ -n "$DATABASE" ]; then echo "CREATE DATABASE IF NOT EXISTS $(name "$DATABASE");"; fi
  if [ -n "$USER_NAME" ]; then
    echo "CREATE USER $(text "$USER_NAME")@'%' IDENTIFIED BY $(text "$PASSWORD");"
    if [ -n "$DATABASE" ]; then echo "GRANT ALL ON $(name "$DATABASE").* TO $(text "$USER_NAME")@'%';"; fi
  fi
}

# Runs the learner's scripts against a server that nobody else can reach.
run_hooks() {
  say Note "Starting temporary server"
  socket=/run/mysqld/init.sock
  "$@" --skip-networking --socket="$socket" --init-file=/proc/self/fd/3 3<<END &
$accounts
END
  server=$!
  client() { MYSQL_PWD=$ROOT_PASSWORD mariadb --protocol=socket -uroot -hlocalhost --socket="$socket" ${DATABASE:+--database="$DATABASE"} "$@"; }
  until client -e 'SELECT 1' > /dev/null 2>&1; do
    kill -0 "$server" 2> /dev/null || fail "Unable to start server."
    sleep 0.5
  done
  for hook in "$HOOKS"/*; do
    case "$hook" in
      *.sh) say Note "running $hook"; if [ -x "$hook" ]; then "$hook"; else . "$hook"; fi ;;
      *.sql) say Note "running $hook"; client < "$hook" ;;
      *.sql.gz) say Note "running $hook"; gunzip -c "$hook" | client ;;
      *) say Warn "ignoring $hook" ;;
    esac
  done
  say Note "Stopping temporary server"
  kill "$server"
  wait "$server" || fail "The temporary server ended badly."
}

case "${1-mariadbd}" in
  -*) set -- mariadbd "$@" ;;
  mysqld) shift; set -- mariadbd "$@" ;;
esac
if [ "$1" != mariadbd ]; then exec "$@"; fi

if [ "$(id -u)" = 0 ]; then
  if [ ! -d "$DATA/mysql" ]; then
    read_settings
    say Note "Initializing database files"
    tar -xzf "$SEED" -C "$DATA"
    : > "$DATA/.fresh"
  fi
  mkdir -p /run/mysqld
  chown -R mysql:mysql "$DATA" /run/mysqld
  # Both su and the shell that it starts become the next program: the server is process 1.
  exec su -s /bin/sh mysql -c 'exec "$0" "$@"' -- "$0" "$@"
fi

if [ ! -e "$DATA/.fresh" ]; then exec "$@"; fi
read_settings
if [ -z "$ROOT_PASSWORD" ] && [ -n "$RANDOM_PASSWORD" ]; then
  ROOT_PASSWORD=$(head -c 24 /dev/urandom | base64)
  say Note "GENERATED ROOT PASSWORD: $ROOT_PASSWORD"
fi
accounts=$(print_accounts)
rm "$DATA/.fresh"
if [ -n "$(ls -A "$HOOKS")" ]; then
  run_hooks "$@"
  exec "$@"
fi
say Note "MariaDB init process done. Ready for start up."
exec "$@" --init-file=/proc/self/fd/3 3<<END
$accounts
END
