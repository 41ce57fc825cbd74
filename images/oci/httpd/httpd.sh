#!/bin/sh
# Debian's program looks in Debian's folders; these are Docker's.
exec /usr/sbin/apache2 -d /usr/local/apache2 -f conf/httpd.conf "$@"
