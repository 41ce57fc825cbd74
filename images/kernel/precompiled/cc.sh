#!/bin/sh
# The kernel's C compiler, with the headers that everybody includes read once: two thirds of the time of most files goes
# into reading the same 400 headers.
#
#   DRYDOCK_PRECOMPILED  the folder of the precompiled headers (GCC manual, "Using Precompiled Headers"): core.h.gch and
#                        net.h.gch. Without it, this is the plain compiler.
#
# A source named precompile-NAME.c becomes NAME.h.gch there, with just the options that the kernel's build has for a
# source. Another source is compiled with one of them put before it. What that could change the meaning of is compiled
# plainly: a source that defines a macro and then includes something, except for the prefix of its messages and for
# CREATE_TRACE_POINTS, which work as well behind the header. So is what the compiler then refuses: other options than
# those of the header, names that clash with it.
compiler=i686-linux-gnu-gcc

source='' kernel=''
for word; do
  case $word in
    -DKBUILD_MODNAME=*) kernel=yes ;;
    *.c) source=$word ;;
  esac
done
if [ -z "${DRYDOCK_PRECOMPILED-}" ] || [ -z "$kernel" ] || [ -z "$source" ]; then exec "$compiler" "$@"; fi

# KBUILD_MODNAME and the like are another in every source, and a precompiled header wants the macros of its own
# beginning: they are moved behind it, into a header of this source.
compile() {
  names='' previous='' object=''
  for word; do
    shift
    if [ "$previous" = -o ]; then object=$word; fi
    case $previous in
      -include)
        case $word in
          */compiler-version.h | */kconfig.h | */compiler_types.h) keep=$making ;;
          *) keep=yes ;;
        esac
        if [ -n "$keep" ]; then set -- "$@" -include "$word"; fi
        ;;
      -o) if [ -z "$making" ]; then set -- "$@" -o "$word"; fi ;;
      *)
        case $word in
          -include | -o) ;;
          -c) if [ -z "$making" ]; then set -- "$@" -c; fi ;;
          -DKBUILD_* | -D__KBUILD_*)
            word=${word#-D}
            names="$names
#undef ${word%%=*}
#define ${word%%=*} ${word#*=}"
            ;;
          *) set -- "$@" "$word" ;;
        esac
        ;;
    esac
    case $word in -include | -o) previous=$word ;; *) previous='' ;; esac
  done
  echo "$names" >"$object.names.h"
  if [ -n "$making" ]; then
    "$compiler" -w -x c-header -include "$object.names.h" "$@" -o "$header.gch" && "$compiler" -c -x c -o "$object" /dev/null
  else
    "$compiler" -include "$header" -include "$object.names.h" "$@" -w 2>/dev/null
  fi
}

making=''
case $source in
  */precompile-*.c)
    making=yes
    header=${source##*/precompile-}
    header=$DRYDOCK_PRECOMPILED/${header%.c}.h
    compile "$@"
    exit
    ;;
  # Paths are relative to the tree: net/core/dev.c, drivers/net/tun.c.
  net/* | */net/* | kernel/bpf/*) header=$DRYDOCK_PRECOMPILED/net.h ;;
  *) header=$DRYDOCK_PRECOMPILED/core.h ;;
esac
if [ -e "$header.gch" ]; then
  awk '/^[ \t]*#[ \t]*(define|undef)[ \t]/ && !/ (pr_fmt\(|dev_fmt\(|CREATE_TRACE_POINTS)/ { defined = 1 }
    /^[ \t]*#[ \t]*include/ && defined { exit 1 }' "$source" && compile "$@" && exit
fi
exec "$compiler" "$@"
