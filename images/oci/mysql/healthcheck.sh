#!/bin/sh
# For a health check: succeeds when the server takes connections, which is not before accounts and database are made. The
# options of Docker's own mariadb image (--connect, --innodb_initialized) ask for no more than that.
exec nc -w 2 127.0.0.1 3306 -e true
