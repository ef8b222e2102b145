# fish completion for apus, written by `apus completion fish`.

function __apus_takes_value --description 'Whether the next word belongs to the option: COMMAND OPTION'
    switch "$argv"
        case 'spec --rootless'
            return 1
        case '* --log' '* --log-format' '* --root' '* --rootless' 'create --bundle' 'create -b' 'create --console-socket' 'create --pidfd-socket' 'create --pid-file' 'create --preserve-fds' 'create --trace' 'run --bundle' 'run -b' 'run --console-socket' 'run --pidfd-socket' 'run --pid-file' 'run --preserve-fds' 'run --trace' 'exec --process' 'exec -p' 'exec --user' 'exec -u' 'exec --additional-gids' 'exec -g' 'exec --cwd' 'exec --env' 'exec -e' 'exec --cap' 'exec -c' 'exec --apparmor' 'exec --process-label' 'exec --console-socket' 'exec --pidfd-socket' 'exec --pid-file' 'exec --preserve-fds' 'exec --cgroup' 'exec --trace' 'ps --format' 'ps -f' 'update --resources' 'update -r' 'update --memory' 'update --memory-reservation' 'update --memory-swap' 'update --cpu-share' 'update --cpu-period' 'update --cpu-quota' 'update --cpu-burst' 'update --cpu-rt-period' 'update --cpu-rt-runtime' 'update --cpu-idle' 'update --cpuset-cpus' 'update --cpuset-mems' 'update --pids-limit' 'update --blkio-weight' 'update --l3-cache-schema' 'update --mem-bw-schema' 'list --format' 'list -f' 'events --interval' 'spec --bundle' 'spec -b' 'validate --bundle' 'validate -b' 'explain --bundle' 'explain -b' 'explain --console-socket' 'explain --preserve-fds' 'checkpoint --image-path' 'checkpoint --work-path' 'checkpoint --parent-path' 'checkpoint --status-fd' 'checkpoint --page-server' 'checkpoint --manage-cgroups-mode' 'checkpoint --empty-ns' 'restore --image-path' 'restore --work-path' 'restore --bundle' 'restore -b' 'restore --console-socket' 'restore --pid-file' 'restore --manage-cgroups-mode' 'restore --empty-ns' 'restore --lsm-profile' 'restore --lsm-mount-context'
            return 0
    end
    return 1
end

function __apus_line --description 'Print the command on the line, then how many words follow it'
    set -l command ''
    set -l count 0
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip -eq 1
            set skip 0
            continue
        end
        switch $word
            case '-*'
                __apus_takes_value "$command" $word; and set skip 1
            case '*'
                if test -z "$command"
                    set command $word
                else
                    set count (math $count + 1)
                end
        end
    end
    printf '%s\n' "$command" $count
end

function __apus_at --description 'Whether the command is on the line, with so many words: COMMAND [COUNT]'
    set -l line (__apus_line)
    test "$line[1]" = "$argv[1]"; or return 1
    test (count $argv) -eq 1; or test "$line[2]" = "$argv[2]"
end

function __apus_containers --description 'Print the ids of the containers'
    set -l words (commandline -opc)
    set -l root
    if set -l index (contains -i -- --root $words)
        set root --root $words[(math $index + 1)]
    end
    command $words[1] $root list --quiet 2>/dev/null
end

complete -c 'apus' -f
complete -c 'apus' -l debug -d 'Write debug lines to the log'
complete -c 'apus' -l log -r -F -d 'Append the log to this file'
complete -c 'apus' -l log-format -x -a 'text json' -d 'Write the log as text or json'
complete -c 'apus' -l root -x -a '(__fish_complete_directories)' -d 'Keep the state of containers in this folder, which should be on a tmpfs'
complete -c 'apus' -l systemd-cgroup -d 'Make cgroups through systemd; cgroupsPath is then slice:prefix:name, as in system.slice:apus:web'
complete -c 'apus' -n "not __apus_at spec" -l rootless -x -a 'true false auto' -d 'Ignore errors of permission on cgroups: true, false or auto'
complete -c 'apus' -s h -l help -d 'Show help'
complete -c 'apus' -n "__apus_at ''" -s v -l version -d 'Show the version'
complete -c 'apus' -n "__apus_at ''" -a create -d 'create a container'
complete -c 'apus' -n "__apus_at help 0" -a create -d 'create a container'
complete -c 'apus' -n "__apus_at ''" -a start -d 'run the program of a created container'
complete -c 'apus' -n "__apus_at help 0" -a start -d 'run the program of a created container'
complete -c 'apus' -n "__apus_at ''" -a run -d 'create and start a container'
complete -c 'apus' -n "__apus_at help 0" -a run -d 'create and start a container'
complete -c 'apus' -n "__apus_at ''" -a kill -d 'send a signal to a container'
complete -c 'apus' -n "__apus_at help 0" -a kill -d 'send a signal to a container'
complete -c 'apus' -n "__apus_at ''" -a delete -d 'delete a container and what it holds'
complete -c 'apus' -n "__apus_at help 0" -a delete -d 'delete a container and what it holds'
complete -c 'apus' -n "__apus_at ''" -a exec -d 'run another process inside a container'
complete -c 'apus' -n "__apus_at help 0" -a exec -d 'run another process inside a container'
complete -c 'apus' -n "__apus_at ''" -a ps -d 'list the processes of a container'
complete -c 'apus' -n "__apus_at help 0" -a ps -d 'list the processes of a container'
complete -c 'apus' -n "__apus_at ''" -a pause -d 'freeze all processes of a container'
complete -c 'apus' -n "__apus_at help 0" -a pause -d 'freeze all processes of a container'
complete -c 'apus' -n "__apus_at ''" -a resume -d 'let a paused container go on'
complete -c 'apus' -n "__apus_at help 0" -a resume -d 'let a paused container go on'
complete -c 'apus' -n "__apus_at ''" -a update -d 'change the limits of a container'
complete -c 'apus' -n "__apus_at help 0" -a update -d 'change the limits of a container'
complete -c 'apus' -n "__apus_at ''" -a list -d 'list the containers'
complete -c 'apus' -n "__apus_at help 0" -a list -d 'list the containers'
complete -c 'apus' -n "__apus_at ''" -a state -d 'show the state of a container as JSON'
complete -c 'apus' -n "__apus_at help 0" -a state -d 'show the state of a container as JSON'
complete -c 'apus' -n "__apus_at ''" -a events -d 'show statistics and out-of-memory events of a container'
complete -c 'apus' -n "__apus_at help 0" -a events -d 'show statistics and out-of-memory events of a container'
complete -c 'apus' -n "__apus_at ''" -a spec -d 'write a config.json to start from'
complete -c 'apus' -n "__apus_at help 0" -a spec -d 'write a config.json to start from'
complete -c 'apus' -n "__apus_at ''" -a validate -d 'check a bundle without touching anything'
complete -c 'apus' -n "__apus_at help 0" -a validate -d 'check a bundle without touching anything'
complete -c 'apus' -n "__apus_at ''" -a explain -d 'show what running a bundle would do, step by step'
complete -c 'apus' -n "__apus_at help 0" -a explain -d 'show what running a bundle would do, step by step'
complete -c 'apus' -n "__apus_at ''" -a features -d 'show what this runtime supports as JSON'
complete -c 'apus' -n "__apus_at help 0" -a features -d 'show what this runtime supports as JSON'
complete -c 'apus' -n "__apus_at ''" -a checkpoint -d 'save a running container to disk'
complete -c 'apus' -n "__apus_at help 0" -a checkpoint -d 'save a running container to disk'
complete -c 'apus' -n "__apus_at ''" -a restore -d 'make a container again from a checkpoint'
complete -c 'apus' -n "__apus_at help 0" -a restore -d 'make a container again from a checkpoint'
complete -c 'apus' -n "__apus_at ''" -a completion -d 'write a completion script for a shell'
complete -c 'apus' -n "__apus_at help 0" -a completion -d 'write a completion script for a shell'
complete -c 'apus' -n "__apus_at ''" -a help -d 'show help on a command'

# create
complete -c 'apus' -n "__apus_at create" -s b -l bundle -x -a '(__fish_complete_directories)' -d 'Use this folder as the bundle'
complete -c 'apus' -n "__apus_at create" -l console-socket -r -F -d 'Send the master end of the terminal over this unix socket'
complete -c 'apus' -n "__apus_at create" -l pidfd-socket -r -F -d 'Send a pidfd of the new process over this unix socket'
complete -c 'apus' -n "__apus_at create" -l pid-file -r -F -d 'Write the process id to this file'
complete -c 'apus' -n "__apus_at create" -l no-pivot -d 'Enter the root file system without pivot_root, as is needed when it lies on a ramdisk'
complete -c 'apus' -n "__apus_at create" -l no-new-keyring -d 'Keep the caller'\''s session keyring instead of making a new one'
complete -c 'apus' -n "__apus_at create" -l preserve-fds -x -d 'Pass on this many open files from descriptor 3 on, behind those that LISTEN_FDS counts'
complete -c 'apus' -n "__apus_at create" -l trace -r -F -d 'Write how long each step took to this file, in the trace format of Chrome'

# start
complete -c 'apus' -n "__apus_at start 0" -a '(__apus_containers)'

# run
complete -c 'apus' -n "__apus_at run" -s b -l bundle -x -a '(__fish_complete_directories)' -d 'Use this folder as the bundle'
complete -c 'apus' -n "__apus_at run" -s d -l detach -d 'Return as soon as the process runs, instead of waiting for its end'
complete -c 'apus' -n "__apus_at run" -l keep -d 'Keep the container after its process has ended'
complete -c 'apus' -n "__apus_at run" -l console-socket -r -F -d 'Send the master end of the terminal over this unix socket'
complete -c 'apus' -n "__apus_at run" -l pidfd-socket -r -F -d 'Send a pidfd of the new process over this unix socket'
complete -c 'apus' -n "__apus_at run" -l pid-file -r -F -d 'Write the process id to this file'
complete -c 'apus' -n "__apus_at run" -l no-pivot -d 'Enter the root file system without pivot_root, as is needed when it lies on a ramdisk'
complete -c 'apus' -n "__apus_at run" -l no-new-keyring -d 'Keep the caller'\''s session keyring instead of making a new one'
complete -c 'apus' -n "__apus_at run" -l no-subreaper -d 'Do not adopt processes whose parent has ended'
complete -c 'apus' -n "__apus_at run" -l preserve-fds -x -d 'Pass on this many open files from descriptor 3 on, behind those that LISTEN_FDS counts'
complete -c 'apus' -n "__apus_at run" -l trace -r -F -d 'Write how long each step took to this file, in the trace format of Chrome'

# kill
complete -c 'apus' -n "__apus_at kill" -s a -l all -d 'Reach all processes of the container; no error when it has stopped'
complete -c 'apus' -n "__apus_at kill 0" -a '(__apus_containers)'
complete -c 'apus' -n "__apus_at kill 1" -a 'HUP INT QUIT KILL USR1 USR2 TERM CONT STOP WINCH'

# delete
complete -c 'apus' -n "__apus_at delete" -s f -l force -d 'Kill the container first if it has not stopped; no error when there is no such container'
complete -c 'apus' -n "__apus_at delete 0" -a '(__apus_containers)'

# exec
complete -c 'apus' -n "__apus_at exec" -s p -l process -r -F -d 'Take the process from this file, in the form of process in config.json'
complete -c 'apus' -n "__apus_at exec" -s t -l tty -d 'Give the process a terminal'
complete -c 'apus' -n "__apus_at exec" -s u -l user -x -d 'Run as this user, and group'
complete -c 'apus' -n "__apus_at exec" -s g -l additional-gids -x -d 'Add a supplementary group; may be repeated'
complete -c 'apus' -n "__apus_at exec" -l cwd -x -d 'Start in this folder of the container'
complete -c 'apus' -n "__apus_at exec" -s e -l env -x -d 'Set an environment variable; may be repeated'
complete -c 'apus' -n "__apus_at exec" -s c -l cap -x -d 'Add a capability, as in CAP_SYS_TIME; may be repeated'
complete -c 'apus' -n "__apus_at exec" -l no-new-privs -d 'Keep the process from gaining privileges through execve'
complete -c 'apus' -n "__apus_at exec" -l apparmor -x -d 'Confine the process by this AppArmor profile'
complete -c 'apus' -n "__apus_at exec" -l process-label -x -d 'Give the process this SELinux label'
complete -c 'apus' -n "__apus_at exec" -s d -l detach -d 'Return as soon as the process runs, instead of waiting for its end'
complete -c 'apus' -n "__apus_at exec" -l console-socket -r -F -d 'Send the master end of the terminal over this unix socket'
complete -c 'apus' -n "__apus_at exec" -l pidfd-socket -r -F -d 'Send a pidfd of the new process over this unix socket'
complete -c 'apus' -n "__apus_at exec" -l pid-file -r -F -d 'Write the process id to this file'
complete -c 'apus' -n "__apus_at exec" -l preserve-fds -x -d 'Pass on this many open files from descriptor 3 on, behind those that LISTEN_FDS counts'
complete -c 'apus' -n "__apus_at exec" -l cgroup -x -d 'Put the process in this cgroup below the container'\''s, which has to be there; with controllers in front, as in cpu,memory:sub, on cgroup v1; may be repeated'
complete -c 'apus' -n "__apus_at exec" -l ignore-paused -d 'Go ahead in a paused container; the process waits until it is resumed'
complete -c 'apus' -n "__apus_at exec" -l trace -r -F -d 'Write how long each step took to this file, in the trace format of Chrome'
complete -c 'apus' -n "__apus_at exec 0" -a '(__apus_containers)'

# ps
complete -c 'apus' -n "__apus_at ps" -s f -l format -x -a 'table json' -d 'Answer as table or json'
complete -c 'apus' -n "__apus_at ps 0" -a '(__apus_containers)'

# pause
complete -c 'apus' -n "__apus_at pause 0" -a '(__apus_containers)'

# resume
complete -c 'apus' -n "__apus_at resume 0" -a '(__apus_containers)'

# update
complete -c 'apus' -n "__apus_at update" -s r -l resources -r -F -d 'Take the limits from this JSON file, or from standard input for -'
complete -c 'apus' -n "__apus_at update" -l memory -x -d 'Limit memory; -1 for no limit'
complete -c 'apus' -n "__apus_at update" -l memory-reservation -x -d 'Keep this much memory for the container when memory runs short'
complete -c 'apus' -n "__apus_at update" -l memory-swap -x -d 'Limit memory and swap together; -1 for no limit on swap'
complete -c 'apus' -n "__apus_at update" -l cpu-share -x -d 'Set the share of processor time against other containers'
complete -c 'apus' -n "__apus_at update" -l cpu-period -x -d 'Set the period that the quota is for, in microseconds'
complete -c 'apus' -n "__apus_at update" -l cpu-quota -x -d 'Limit processor time within a period, in microseconds; -1 for no limit'
complete -c 'apus' -n "__apus_at update" -l cpu-burst -x -d 'Let unused quota add up to this many microseconds'
complete -c 'apus' -n "__apus_at update" -l cpu-rt-period -x -d 'Set the period of realtime scheduling, in microseconds'
complete -c 'apus' -n "__apus_at update" -l cpu-rt-runtime -x -d 'Limit realtime scheduling within its period, in microseconds'
complete -c 'apus' -n "__apus_at update" -l cpu-idle -x -d 'Run only when the processors are idle (1), or as usual (0)'
complete -c 'apus' -n "__apus_at update" -l cpuset-cpus -x -d 'Choose the processors, as in 0-2,4'
complete -c 'apus' -n "__apus_at update" -l cpuset-mems -x -d 'Choose the memory nodes, as in 0-1'
complete -c 'apus' -n "__apus_at update" -l pids-limit -x -d 'Limit the number of processes; -1 for no limit'
complete -c 'apus' -n "__apus_at update" -l blkio-weight -x -d 'Set the weight of disk access, from 10 to 1000'
complete -c 'apus' -n "__apus_at update" -l l3-cache-schema -x -d 'Set the part of the L3 cache by Intel RDT'
complete -c 'apus' -n "__apus_at update" -l mem-bw-schema -x -d 'Set the memory bandwidth by Intel RDT'
complete -c 'apus' -n "__apus_at update 0" -a '(__apus_containers)'

# list
complete -c 'apus' -n "__apus_at list" -s f -l format -x -a 'table json' -d 'Answer as table or json'
complete -c 'apus' -n "__apus_at list" -s q -l quiet -d 'Show the ids only'

# state
complete -c 'apus' -n "__apus_at state 0" -a '(__apus_containers)'

# events
complete -c 'apus' -n "__apus_at events" -l interval -x -d 'Wait this long between statistics'
complete -c 'apus' -n "__apus_at events" -l stats -d 'Write the statistics once and end'
complete -c 'apus' -n "__apus_at events 0" -a '(__apus_containers)'

# spec
complete -c 'apus' -n "__apus_at spec" -s b -l bundle -x -a '(__fish_complete_directories)' -d 'Use this folder as the bundle'
complete -c 'apus' -n "__apus_at spec" -l rootless -d 'Write a config.json for a container that an ordinary user can run'

# validate
complete -c 'apus' -n "__apus_at validate" -s b -l bundle -x -a '(__fish_complete_directories)' -d 'Use this folder as the bundle'

# explain
complete -c 'apus' -n "__apus_at explain" -s b -l bundle -x -a '(__fish_complete_directories)' -d 'Use this folder as the bundle'
complete -c 'apus' -n "__apus_at explain" -l console-socket -r -F -d 'Send the master end of the terminal over this unix socket'
complete -c 'apus' -n "__apus_at explain" -l no-pivot -d 'Enter the root file system without pivot_root, as is needed when it lies on a ramdisk'
complete -c 'apus' -n "__apus_at explain" -l no-new-keyring -d 'Keep the caller'\''s session keyring instead of making a new one'
complete -c 'apus' -n "__apus_at explain" -l preserve-fds -x -d 'Pass on this many open files from descriptor 3 on, behind those that LISTEN_FDS counts'

# features

# checkpoint
complete -c 'apus' -n "__apus_at checkpoint" -l image-path -x -a '(__fish_complete_directories)' -d 'Keep the image files of CRIU in this folder'
complete -c 'apus' -n "__apus_at checkpoint" -l work-path -x -a '(__fish_complete_directories)' -d 'Put the log and the work files of CRIU in this folder'
complete -c 'apus' -n "__apus_at checkpoint" -l parent-path -x -a '(__fish_complete_directories)' -d 'Save only what has changed since this checkpoint; the path is relative to the image path'
complete -c 'apus' -n "__apus_at checkpoint" -l leave-running -d 'Let the container go on afterwards'
complete -c 'apus' -n "__apus_at checkpoint" -l pre-dump -d 'Save memory only and let the container go on, so that the next checkpoint is short'
complete -c 'apus' -n "__apus_at checkpoint" -l tcp-established -d 'Keep open TCP connections'
complete -c 'apus' -n "__apus_at checkpoint" -l tcp-skip-in-flight -d 'Leave out TCP connections that are not yet accepted'
complete -c 'apus' -n "__apus_at checkpoint" -l link-remap -d 'Give open files without a name one for the time being'
complete -c 'apus' -n "__apus_at checkpoint" -l ext-unix-sk -d 'Allow unix sockets that are connected to the outside'
complete -c 'apus' -n "__apus_at checkpoint" -l shell-job -d 'Allow a session and a terminal from outside the container'
complete -c 'apus' -n "__apus_at checkpoint" -l file-locks -d 'Keep file locks'
complete -c 'apus' -n "__apus_at checkpoint" -l lazy-pages -d 'Fetch memory when it is used, through userfaultfd'
complete -c 'apus' -n "__apus_at checkpoint" -l status-fd -x -d 'Write a zero byte to this descriptor when lazy pages can be asked for'
complete -c 'apus' -n "__apus_at checkpoint" -l page-server -x -d 'Send memory to this page server'
complete -c 'apus' -n "__apus_at checkpoint" -l manage-cgroups-mode -x -a 'soft full strict ignore' -d 'Choose what is saved and restored of cgroups: soft, full, strict or ignore'
complete -c 'apus' -n "__apus_at checkpoint" -l empty-ns -x -a 'network' -d 'Leave out what is in this namespace, which can be network; may be repeated'
complete -c 'apus' -n "__apus_at checkpoint" -l auto-dedup -d 'Drop memory from earlier image files once it is in later ones'
complete -c 'apus' -n "__apus_at checkpoint 0" -a '(__apus_containers)'

# restore
complete -c 'apus' -n "__apus_at restore" -l image-path -x -a '(__fish_complete_directories)' -d 'Keep the image files of CRIU in this folder'
complete -c 'apus' -n "__apus_at restore" -l work-path -x -a '(__fish_complete_directories)' -d 'Put the log and the work files of CRIU in this folder'
complete -c 'apus' -n "__apus_at restore" -s b -l bundle -x -a '(__fish_complete_directories)' -d 'Use this folder as the bundle'
complete -c 'apus' -n "__apus_at restore" -s d -l detach -d 'Return as soon as the process runs, instead of waiting for its end'
complete -c 'apus' -n "__apus_at restore" -l console-socket -r -F -d 'Send the master end of the terminal over this unix socket'
complete -c 'apus' -n "__apus_at restore" -l pid-file -r -F -d 'Write the process id to this file'
complete -c 'apus' -n "__apus_at restore" -l no-subreaper -d 'Do not adopt processes whose parent has ended'
complete -c 'apus' -n "__apus_at restore" -l no-pivot -d 'Enter the root file system without pivot_root, as is needed when it lies on a ramdisk'
complete -c 'apus' -n "__apus_at restore" -l tcp-established -d 'Keep open TCP connections'
complete -c 'apus' -n "__apus_at restore" -l ext-unix-sk -d 'Allow unix sockets that are connected to the outside'
complete -c 'apus' -n "__apus_at restore" -l shell-job -d 'Allow a session and a terminal from outside the container'
complete -c 'apus' -n "__apus_at restore" -l file-locks -d 'Keep file locks'
complete -c 'apus' -n "__apus_at restore" -l lazy-pages -d 'Fetch memory when it is used, through userfaultfd'
complete -c 'apus' -n "__apus_at restore" -l manage-cgroups-mode -x -a 'soft full strict ignore' -d 'Choose what is saved and restored of cgroups: soft, full, strict or ignore'
complete -c 'apus' -n "__apus_at restore" -l empty-ns -x -a 'network' -d 'Leave out what is in this namespace, which can be network; may be repeated'
complete -c 'apus' -n "__apus_at restore" -l auto-dedup -d 'Drop memory from earlier image files once it is in later ones'
complete -c 'apus' -n "__apus_at restore" -l lsm-profile -x -d 'Restore under this security profile'
complete -c 'apus' -n "__apus_at restore" -l lsm-mount-context -x -d 'Mount under this security context'

# completion
complete -c 'apus' -n "__apus_at completion 0" -a 'bash zsh fish'
