#!/bin/sh
# What people ask of mysqladmin most, by the client: the program itself would be five megabytes. The client's options
# hold, and its own words when one is wrong.
set -eu

name=${0##*/}
count=$#
command=
argument=
while [ "$count" -gt 0 ]; do
    each=$1
    shift
    count=$((count - 1))
    case $each in
    -h | -u | -P | -S | --host | --user | --port | --socket | --protocol)
        [ "$count" -gt 0 ] || { echo "$name: option '$each' requires an argument" >&2; exit 1; }
        set -- "$@" "$each" "$1"
        shift
        count=$((count - 1))
        ;;
    -*) set -- "$@" "$each" ;;
    *) if [ -z "$command" ]; then command=$each; else argument=$each; fi ;;
    esac
done

ask() {
    statement=$1
    shift
    mariadb "$@" -e "$statement"
}

# A name between backticks, as SQL quotes it.
quoted() { printf '`%s`' "$(printf '%s' "$argument" | sed 's/`/``/g')"; }

case $command in
ping)
    # Whoever is refused has reached a server all the same.
    if answer=$(ask 'DO 1' "$@" 2>&1) || [ "${answer#*ERROR 1045}" != "$answer" ]; then
        echo "mysqld is alive"
    else
        echo "$name: connect to server failed" >&2
        echo "error: '$answer'" >&2
        exit 1
    fi
    ;;
create) ask "CREATE DATABASE $(quoted)" "$@" ;;
drop) ask "DROP DATABASE $(quoted)" "$@" ;;
processlist) ask "SHOW PROCESSLIST" "$@" ;;
shutdown) ask "SHUTDOWN" "$@" ;;
status | extended-status) ask "SHOW GLOBAL STATUS" "$@" ;;
variables) ask "SHOW GLOBAL VARIABLES" "$@" ;;
version) ask "SELECT VERSION()" "$@" ;;
'') echo "usage: $name [options] ping|create|drop|processlist|shutdown|status|variables|version" >&2; exit 1 ;;
*) echo "$name: the command '$command' is not in this image" >&2; exit 1 ;;
esac
