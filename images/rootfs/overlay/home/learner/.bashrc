# Interactive shells of root and of learner.
[ -z "${PS1-}" ] && return
HISTCONTROL=ignoreboth
shopt -s checkwinsize histappend
# OSC 133, the marks of terminals with shell integration: B after the prompt, C when a command begins.
PS1='\u@\h:\w\$ \[\e]133;B\a\]'
PS0='\e]133;C\a'
alias ls='ls --color=auto' ll='ls -l' grep='grep --color=auto'
[ -n "${BASH_COMPLETION_VERSINFO-}" ] || . /usr/share/bash-completion/bash_completion
