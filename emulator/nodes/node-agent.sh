# The emulator's hands on a node: one process, run as root, that answers requests on its standard input.
#
# A request is lines: its id, a verb, the number of words, the words. Words are used as arguments, never as text of a shell.
# An answer is `ID = LINE` for each line of output and then `ID . EXIT-CODE`. Requests are
# answered in their order, so none may take long.
#
# $1: what the marks of the emulator's sessions begin with; three more digits make a mark (see session-mark.ts).
#
# On a temporary node it is process 1: nothing on the node can kill it, and the node ends with it.

newline='
'

# The processes whose mark matches a pattern, and is among these if there are any: process id, state, mark.
marked() {
  grep -Hs "^Max msgqueue size .* $1 " /proc/[0-9]*/limits | while read -r file _ _ soft mark _; do
    case $2 in
      '' | *"$mark"*) ;;
      *"$soft"*) mark=$soft ;;
      *) continue ;;
    esac
    pid=${file#/proc/}
    pid=${pid%%/*}
    { read -r stat <"/proc/$pid/stat"; } 2>/dev/null || continue
    stat=${stat##*) }
    echo "$pid ${stat%% *} $mark"
  done
}

# Sends a signal, 0 for none, to the processes whose mark matches a pattern, and is among these; prints them.
signal_marked() {
  marked "$2" "$3" | while read -r pid state mark; do
    kill -s "$1" "$pid" 2>/dev/null
    echo "$pid $state $mark"
  done
}

# The living among the processes whose mark matches a pattern: process id, state, user, command.
list_marked() {
  marked "$1" | while read -r pid state _; do
    case $state in [ZX]) continue ;; esac
    { uid=$(grep '^Uid:' "/proc/$pid/status" | cut -f 3) && read -r name <"/proc/$pid/comm"; } 2>/dev/null || continue
    command=$(head -c 1000 "/proc/$pid/cmdline" 2>/dev/null | tr '\000-\037\177' ' ')
    command=${command% }
    echo "$pid $state $(id -nu "$uid" 2>/dev/null || echo "$uid") ${command:-[$name]}"
  done
}

# The number may be another process's by now; then it does not carry the mark.
signal_leader() {
  grep -qs "^Max msgqueue size .* $3 " "/proc/$2/limits" && kill -s "$1" "$2" 2>/dev/null
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

# Both files, without a program or a subshell, and in one piece: starting one takes longer than all else here.
answer_accounts() {
  answer=
  for file in passwd group; do
    while IFS= read -r line; do answer="$answer$1 = $file:$line$newline"; done <"/etc/$file"
  done
  printf '%s%s . 0\n' "$answer" "$1"
}

# A program in the place of the subshell that runs this.
run() {
  exec "$@"
}

# The same with its complaints.
told() {
  exec "$@" 2>&1
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
      run) answer "$id" run "$@" ;;
      run-told) answer "$id" told "$@" ;;
      accounts) answer_accounts "$id" ;;
      ensure-ssm-user) answer "$id" ensure_ssm_user ;;
      signal-leader) answer "$id" signal_leader "$@" ;;
      signal-marked) answer "$id" signal_marked "$@" ;;
      list-marked) answer "$id" list_marked "$@" ;;
      # All but process 1 and this one, at once; so not in a subshell.
      kill-all) kill -s KILL -- -1; echo "$id . 0" ;;
    esac
  done
}

# The whole text is read before the first request: the shell may read ahead in its input.
main() {
  cd /
  echo ready
  serve
  [ "$$" -eq 1 ] && exit
  # The emulator is gone, maybe killed: its sessions go too.
  round=0
  while [ "$round" -lt 100 ] && [ -n "$(signal_marked KILL "$1[0-9][0-9][0-9]")" ]; do
    round=$((round + 1))
    sleep 0.02 2>/dev/null || sleep 1
  done
  exit
}

main "$@"
