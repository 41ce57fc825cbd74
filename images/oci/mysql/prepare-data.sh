# Makes a data directory with the system tables, as mariadb-install-db does, without its help texts and sys views.
target=/tmp/data
mkdir -p "$target"
cd /usr/share/mariadb
{
  printf '%s\n' 'CREATE DATABASE mysql;' 'USE mysql;' 'SET @auth_root_socket=NULL;' 'SET @skip_auth_anonymous=1;'
  cat mariadb_system_tables.sql mariadb_performance_tables.sql
  sed '/@current_hostname/d' mariadb_system_tables_data.sql
  cat maria_add_gis_sp_bootstrap.sql
} > /tmp/system.sql
mariadbd --no-defaults --bootstrap --user=root --datadir="$target" --lc-messages-dir=/usr/share/mariadb \
  --innodb_data_file_path=ibdata1:10M:autoextend --innodb_autoextend_increment=1 --innodb_undo_tablespaces=0 \
  --innodb_log_file_size=4M --innodb_temp_data_file_path=ibtmp1:3M:autoextend --innodb_buffer_pool_size=8M \
  --innodb_use_native_aio=OFF --innodb_fast_shutdown=0 --enforce-storage-engine= --max_allowed_packet=8M < /tmp/system.sql
rm -f "$target"/ib_buffer_pool
test -s "$target/mysql/global_priv.frm"
tar --create --sort=name --owner=999 --group=999 --mtime='2025-08-09 00:00:00Z' --directory="$target" . |
  gzip -9 --no-name > /tmp/data.tar.gz
