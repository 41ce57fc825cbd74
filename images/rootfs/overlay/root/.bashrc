# Interactive shells of root and of learner.
[ -z "${PS1-}" ] && return
HISTCONTROL=ignoreboth
shopt -s checkwinsize histappend
PS1='\u@\h:\w\$ '
alias ls='ls --color=auto' ll='ls -l' grep='grep --color=auto'
[ -n "${BASH_COMPLETION_VERSINFO-}" ] || . /usr/share/bash-completion/bash_completion
