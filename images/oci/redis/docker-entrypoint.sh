#!/bin/sh
# As in Docker's own image: options alone mean redis-server, which runs as the user redis.
set -e
case "$1" in
  -* | *.conf) set -- redis-server "$@" ;;
esac
if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
  chown -R redis:redis .
  # Both su and the shell that it starts become the next program: redis-server is process 1.
  exec su -s /bin/sh redis -c 'exec "$0" "$@"' -- "$@"
fi
exec "$@"
