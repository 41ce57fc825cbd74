# For the docker command and its plugins, which live for a second: without garbage collection until 96 MiB they start
# 10-30% sooner. Long-lived ones (`docker stats`, `docker logs -f`) collect when they reach the limit.
export GOGC=off GOMEMLIMIT=96MiB
export LANG="${LANG:-C.UTF-8}"
export PAGER=less EDITOR=nano
