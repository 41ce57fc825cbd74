#!/bin/sh
set -e
# What a container left that was killed: Apache would take the number in it for a server that runs.
rm -f /usr/local/apache2/logs/httpd.pid
# By its path, since BusyBox's shell takes its own httpd first.
exec /usr/local/apache2/bin/httpd -DFOREGROUND "$@"
