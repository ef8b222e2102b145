# bash completion for apus, written by `apus completion bash`.

# COMMAND OPTION: sets `value` to what the option's value is; empty for an option without one.
_apus_value() {
  value=
  case "$1 $2" in
    "create --bundle" | "create -b") value=folder ;;
    "create --console-socket") value=file ;;
    "create --pidfd-socket") value=file ;;
    "create --pid-file") value=file ;;
    "create --preserve-fds") value=nothing ;;
    "create --trace") value=file ;;
    "run --bundle" | "run -b") value=folder ;;
    "run --console-socket") value=file ;;
    "run --pidfd-socket") value=file ;;
    "run --pid-file") value=file ;;
    "run --preserve-fds") value=nothing ;;
    "run --trace") value=file ;;
    "exec --process" | "exec -p") value=file ;;
    "exec --user" | "exec -u") value=nothing ;;
    "exec --additional-gids" | "exec -g") value=nothing ;;
    "exec --cwd") value=nothing ;;
    "exec --env" | "exec -e") value=nothing ;;
    "exec --cap" | "exec -c") value=nothing ;;
    "exec --apparmor") value=nothing ;;
    "exec --process-label") value=nothing ;;
    "exec --console-socket") value=file ;;
    "exec --pidfd-socket") value=file ;;
    "exec --pid-file") value=file ;;
    "exec --preserve-fds") value=nothing ;;
    "exec --cgroup") value=nothing ;;
    "exec --trace") value=file ;;
    "ps --format" | "ps -f") value='words table json' ;;
    "update --resources" | "update -r") value=file ;;
    "update --memory") value=nothing ;;
    "update --memory-reservation") value=nothing ;;
    "update --memory-swap") value=nothing ;;
    "update --cpu-share") value=nothing ;;
    "update --cpu-period") value=nothing ;;
    "update --cpu-quota") value=nothing ;;
    "update --cpu-burst") value=nothing ;;
    "update --cpu-rt-period") value=nothing ;;
    "update --cpu-rt-runtime") value=nothing ;;
    "update --cpu-idle") value=nothing ;;
    "update --cpuset-cpus") value=nothing ;;
    "update --cpuset-mems") value=nothing ;;
    "update --pids-limit") value=nothing ;;
    "update --blkio-weight") value=nothing ;;
    "update --l3-cache-schema") value=nothing ;;
    "update --mem-bw-schema") value=nothing ;;
    "list --format" | "list -f") value='words table json' ;;
    "events --interval") value=nothing ;;
    "spec --bundle" | "spec -b") value=folder ;;
    "spec --rootless") value='' ;;
    "validate --bundle" | "validate -b") value=folder ;;
    "explain --bundle" | "explain -b") value=folder ;;
    "explain --console-socket") value=file ;;
    "explain --preserve-fds") value=nothing ;;
    "checkpoint --image-path") value=folder ;;
    "checkpoint --work-path") value=folder ;;
    "checkpoint --parent-path") value=folder ;;
    "checkpoint --status-fd") value=nothing ;;
    "checkpoint --page-server") value=nothing ;;
    "checkpoint --manage-cgroups-mode") value='words soft full strict ignore' ;;
    "checkpoint --empty-ns") value='words network' ;;
    "restore --image-path") value=folder ;;
    "restore --work-path") value=folder ;;
    "restore --bundle" | "restore -b") value=folder ;;
    "restore --console-socket") value=file ;;
    "restore --pid-file") value=file ;;
    "restore --manage-cgroups-mode") value='words soft full strict ignore' ;;
    "restore --empty-ns") value='words network' ;;
    "restore --lsm-profile") value=nothing ;;
    "restore --lsm-mount-context") value=nothing ;;
    *" --log") value=file ;;
    *" --log-format") value='words text json' ;;
    *" --root") value=folder ;;
    *" --rootless") value='words true false auto' ;;
  esac
}

# COMMAND: sets `options` to the options that may follow.
_apus_options() {
  case $1 in
    '') options='--debug --log --log-format --root --systemd-cgroup --rootless --help -h --version -v' ;;
    create) options='--bundle -b --console-socket --pidfd-socket --pid-file --no-pivot --no-new-keyring --preserve-fds --trace --debug --log --log-format --root --systemd-cgroup --rootless --help -h' ;;
    start) options='--debug --log --log-format --root --systemd-cgroup --rootless --help -h' ;;
    run) options='--bundle -b --detach -d --keep --console-socket --pidfd-socket --pid-file --no-pivot --no-new-keyring --no-subreaper --preserve-fds --trace --debug --log --log-format --root --systemd-cgroup --rootless --help -h' ;;
    kill) options='--all -a --debug --log --log-format --root --systemd-cgroup --rootless --help -h' ;;
    delete) options='--force -f --debug --log --log-format --root --systemd-cgroup --rootless --help -h' ;;
    exec) options='--process -p --tty -t --user -u --additional-gids -g --cwd --env -e --cap -c --no-new-privs --apparmor --process-label --detach -d --console-socket --pidfd-socket --pid-file --preserve-fds --cgroup --ignore-paused --trace --debug --log --log-format --root --systemd-cgroup --rootless --help -h' ;;
    ps) options='--format -f --debug --log --log-format --root --systemd-cgroup --rootless --help -h' ;;
    pause) options='--debug --log --log-format --root --systemd-cgroup --rootless --help -h' ;;
    resume) options='--debug --log --log-format --root --systemd-cgroup --rootless --help -h' ;;
    update) options='--resources -r --memory --memory-reservation --memory-swap --cpu-share --cpu-period --cpu-quota --cpu-burst --cpu-rt-period --cpu-rt-runtime --cpu-idle --cpuset-cpus --cpuset-mems --pids-limit --blkio-weight --l3-cache-schema --mem-bw-schema --debug --log --log-format --root --systemd-cgroup --rootless --help -h' ;;
    list) options='--format -f --quiet -q --debug --log --log-format --root --systemd-cgroup --rootless --help -h' ;;
    state) options='--debug --log --log-format --root --systemd-cgroup --rootless --help -h' ;;
    events) options='--interval --stats --debug --log --log-format --root --systemd-cgroup --rootless --help -h' ;;
    spec) options='--bundle -b --rootless --debug --log --log-format --root --systemd-cgroup --help -h' ;;
    validate) options='--bundle -b --debug --log --log-format --root --systemd-cgroup --rootless --help -h' ;;
    explain) options='--bundle -b --console-socket --no-pivot --no-new-keyring --preserve-fds --debug --log --log-format --root --systemd-cgroup --rootless --help -h' ;;
    features) options='--debug --log --log-format --root --systemd-cgroup --rootless --help -h' ;;
    checkpoint) options='--image-path --work-path --parent-path --leave-running --pre-dump --tcp-established --tcp-skip-in-flight --link-remap --ext-unix-sk --shell-job --file-locks --lazy-pages --status-fd --page-server --manage-cgroups-mode --empty-ns --auto-dedup --debug --log --log-format --root --systemd-cgroup --rootless --help -h' ;;
    restore) options='--image-path --work-path --bundle -b --detach -d --console-socket --pid-file --no-subreaper --no-pivot --tcp-established --ext-unix-sk --shell-job --file-locks --lazy-pages --manage-cgroups-mode --empty-ns --auto-dedup --lsm-profile --lsm-mount-context --debug --log --log-format --root --systemd-cgroup --rootless --help -h' ;;
    completion) options='--debug --log --log-format --root --systemd-cgroup --rootless --help -h' ;;
  esac
}

# COMMAND COUNT: sets `value` to what the command's next word is, COUNT words being there.
_apus_argument() {
  value=
  case "$1 $2" in
    ' 0') value='words create start run kill delete exec ps pause resume update list state events spec validate explain features checkpoint restore completion help' ;;
    'help 0') value='words create start run kill delete exec ps pause resume update list state events spec validate explain features checkpoint restore completion' ;;
    'start 0') value=container ;;
    'kill 0') value=container ;;
    'kill 1') value='words HUP INT QUIT KILL USR1 USR2 TERM CONT STOP WINCH' ;;
    'delete 0') value=container ;;
    'exec 0') value=container ;;
    'ps 0') value=container ;;
    'pause 0') value=container ;;
    'resume 0') value=container ;;
    'update 0') value=container ;;
    'state 0') value=container ;;
    'events 0') value=container ;;
    'checkpoint 0') value=container ;;
    'completion 0') value='words bash zsh fish' ;;
  esac
}

_apus() {
  local current=${COMP_WORDS[COMP_CWORD]} command='' count=0 pending='' root=() ended='' value='' options='' word i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ $word == = ]]; then
      # bash cuts --name=value into three words
      [[ -n $pending ]] || ((i++))
    elif [[ -n $pending ]]; then
      [[ $pending != --root ]] || root=(--root "$word")
      pending=''
    elif [[ -n $ended || $word != -?* ]]; then
      if [[ -z $command ]]; then
        command=$word
      else
        ((count++))
        case $command in kill | exec | ps) ended=1 ;; esac
      fi
    elif [[ $word == -- ]]; then
      ended=1
    else
      [[ $word == --* || $word == -? ]] || word=-$word
      _apus_value "$command" "$word"
      [[ -z $value ]] || pending=$word
    fi
  done
  if [[ -n $pending ]]; then
    [[ $current != = ]] || current=''
    _apus_value "$command" "$pending"
  elif [[ -z $ended && $current == -* ]]; then
    _apus_options "$command"
    value="words $options"
  else
    _apus_argument "$command" "$count"
  fi
  case $value in
    words*) mapfile -t COMPREPLY < <(compgen -W "${value#words }" -- "$current") ;;
    container)
      mapfile -t COMPREPLY < <(
        compgen -W "$("${COMP_WORDS[0]}" "${root[@]}" list --quiet 2>/dev/null)" -- "$current"
      )
      ;;
    file)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      ;;
    folder)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -d -- "$current")
      ;;
  esac
}

complete -F _apus 'apus'
