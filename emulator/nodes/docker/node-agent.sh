# The emulator's hands on a node: one process, run as root, that answers requests on its standard input.
#
# A request is lines: its id, a verb, the number of words, the words. Words are used as arguments, never as text of a shell.
# An answer is `ID = LINE` for each line of output and then `ID . EXIT-CODE`. Requests are
# answered in their order, so none may take long.
#
# $1: what the marks of the emulator's sessions begin with; three more digits make a mark (see session-mark.ts).

newline='
'

# Sends a signal, 0 for none, to the processes whose mark matches a pattern; prints each with its state.
signal_marked() {
  grep -ls "^Max msgqueue size .* $2 " /proc/[0-9]*/limits | while IFS=/ read -r _ _ pid _; do
    { read -r stat <"/proc/$pid/stat"; } 2>/dev/null || continue
    stat=${stat##*) }
    kill -s "$1" "$pid" 2>/dev/null
    echo "$pid ${stat%% *}"
  done
}

# The number may be another process's by now; then it does not carry the mark.
kill_leader() {
  grep -qs "^Max msgqueue size .* $2 " "/proc/$1/limits" && kill -s KILL "$1" 2>/dev/null
}

ensure_ssm_user() {
  id ssm-user >/dev/null 2>&1 && return
  useradd -m ssm-user >/dev/null 2>&1 || return
  sudoers=/etc/sudoers.d/ssm-agent-users
  if [ ! -e "$sudoers" ]; then
    (umask 0137 && printf '%s\n' '# User rules for ssm-user' 'ssm-user ALL=(ALL) NOPASSWD:ALL' >"$sudoers")
  fi 2>/dev/null
  chmod 0440 "$sudoers" 2>/dev/null
}

answer() {
  id=$1
  shift
  output=$("$@" </dev/null 2>/dev/null)
  code=$?
  while [ -n "$output" ]; do
    printf '%s = %s\n' "$id" "${output%%"$newline"*}"
    case $output in *"$newline"*) output=${output#*"$newline"} ;; *) output= ;; esac
  done
  printf '%s . %s\n' "$id" "$code"
}

serve() {
  while IFS= read -r id && IFS= read -r verb && IFS= read -r count; do
    set --
    while [ "$count" -gt 0 ]; do
      IFS= read -r word || return
      set -- "$@" "$word"
      count=$((count - 1))
    done
    case $verb in
      run) answer "$id" "$@" ;;
      ensure-ssm-user) answer "$id" ensure_ssm_user ;;
      kill-leader) answer "$id" kill_leader "$@" ;;
      signal-marked) answer "$id" signal_marked "$@" ;;
    esac
  done
}

# The whole text is read before the first request: the shell may read ahead in its input.
main() {
  cd /
  echo ready
  serve
  # The emulator is gone, maybe killed: its sessions go too.
  round=0
  while [ "$round" -lt 100 ] && [ -n "$(signal_marked KILL "$1[0-9][0-9][0-9]")" ]; do
    round=$((round + 1))
    sleep 0.02 2>/dev/null || sleep 1
  done
  exit
}

main "$@"
