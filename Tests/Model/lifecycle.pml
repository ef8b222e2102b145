/*
 * The life of one container id, as Sources/ContainerRuntime/Lifecycle lives it: the record, the lock, the cgroup, the
 * first process; callers that create, start, kill, pause, execute and delete by force, five of them at once; each of them,
 * and the first process, may be killed at any point. `make model` lets spin go through every order of events.
 *
 * A label step_NAME stands for the step of that name in RuntimeStep.swift (dots are underscores), the statuses are those of
 * ContainerStatus, the phases those of Record.Phase; a test compares them.
 *
 * What is shown, for every order:
 *   - the program of a container is begun at most once;
 *   - no container is lost: a first process that lives has a folder by which it is found, or is about to end by itself;
 *   - whatever happened before, `delete --force`, once it is left in peace, ends with nothing of the container left.
 */

mtype:status = { creating, created, running, paused, stopped }
/* The first process: `waiting` is one that waits to be started, `begun` one that is the program. */
mtype:process = { absent, working, waiting, begun, dead }

#ifndef KILLS
#define KILLS 2
#endif
/* Which callers there are: all of them at once are too many orders to look at. */
#ifndef SET
#define SET 1
#endif
#define NOBODY 15
#define CALLERS 9

/* What is on the machine. */
bool folder;                /* the state folder */
byte folders;               /* its identity: a new one at every making */
byte holder = NOBODY;       /* of the lock, which the kernel lets go when its holder dies */
bool hasRecord, isCreated;  /* the record, and whether its phase is created and no more creating */
bool cgroup;
mtype:process first = absent;
bool persisted;             /* the first process was told that it is written down */
bool frozen;                /* the cgroup is frozen */
byte maker = NOBODY;        /* the runtime that the first process depends on until it is persisted */
byte extra;                 /* a process of exec is in the cgroup */
byte begins;                /* how often the program of this folder was begun */

bool alive[CALLERS];
byte kills;

/*
 * Stands at the beginning of every step: a caller may have been killed, by `delete --force` or by anybody. It is one
 * with the step, since a process that is dead does nothing more.
 */
inline mortal() {
  if
  :: !alive[me] -> goto killed
  :: alive[me] && kills < KILLS -> kills++; goto killed
  :: alive[me]
  fi
}

/* The kernel closes what a dead process had open, the lock with it. */
inline die() {
  atomic {
    alive[me] = false;
    if :: holder == me -> holder = NOBODY :: else fi
  }
}

/* What `state` answers: asked of the kernel, but for the phase. */
inline statusNow(result) {
  if
  :: !isCreated && maker != NOBODY && alive[maker] -> result = creating
  :: !isCreated && !(maker != NOBODY && alive[maker]) -> result = stopped
  :: isCreated && (first == dead || first == absent) -> result = stopped
  :: isCreated && first != dead && first != absent && frozen -> result = paused
  :: isCreated && (first == waiting || first == working) && !frozen -> result = created
  :: isCreated && first == begun && !frozen -> result = running
  fi
}

/* The first process by itself: it dies with its maker until it is persisted, may be killed, and ends one day. */
active proctype First() {
end:
  do
  :: atomic { (first == working || first == waiting) && !persisted && maker != NOBODY && !alive[maker] -> first = dead }
  :: atomic { first == begun && !frozen -> first = dead }
  :: atomic { kills < KILLS && (first == working || first == waiting) -> kills++; first = dead }
  od
}

proctype Create(byte me) {
  byte own;
  atomic { mortal();
step_folder_made:                         /* mkdir: exactly one gets it */
    if
    :: folder -> goto killed
    :: else -> folder = true; folders++; own = folders;
       hasRecord = false; isCreated = false; begins = 0; persisted = false; first = absent; maker = me
    fi
  }
  atomic { mortal();                      /* a forced delete may have come between the folder and its lock */
    if
    :: holder != NOBODY || !folder || own != folders -> goto killed
    :: else -> holder = me
    fi
  }
  atomic { mortal();
step_record_creating: hasRecord = true }
  atomic { mortal();
step_cgroup_made: cgroup = true }         /* on cgroup v1 after the clone: the first process waits for it, working */
  atomic { mortal();
step_clone_done: first = working }
  atomic { mortal();
step_init_ready:
    if :: first == working -> first = waiting :: else -> goto undo fi
  }
  atomic { mortal();
step_record_created: isCreated = true }
  atomic { mortal();
step_persisted_told:
    if :: first == waiting -> persisted = true; goto killed :: else -> goto undo fi
  }
undo:
  atomic { mortal();
step_undo_process: if :: first != absent -> first = dead :: else fi }
  atomic { mortal();
step_undo_cgroup: extra = 0; cgroup = false }  /* what an exec has brought in is killed */
  atomic { mortal();
step_undo_folder: hasRecord = false; isCreated = false; folder = false }
killed:
  die()
}

proctype Start(byte me) {
  mtype:status now;
  byte own;
  atomic { mortal(); if :: !folder -> goto killed :: else -> own = folders fi }
  atomic { mortal();
step_lock_taken:                          /* waited for; that it may give up is the branch of `killed` */
    if
    :: holder == NOBODY && folder && own == folders -> holder = me
    :: else -> goto killed
    fi
  }
  atomic { mortal();
    if :: !hasRecord -> goto killed :: else fi;
    statusNow(now);
    if :: now != created -> goto killed :: else fi
  }
  atomic { mortal();
step_start_sent:                          /* a word into the FIFO; without a reader it is an error */
    if
    :: first == waiting && own == folders -> first = begun; begins++; assert(begins <= 1)
    :: else
    fi
  }
killed:
  die()
}

/* Takes no lock: the process is found by the record and known by its start time. */
proctype Kill(byte me) {
  mtype:status now;
  byte own;
  atomic { mortal();
    if :: !folder || !hasRecord -> goto killed :: else -> own = folders fi;
    statusNow(now);
    if :: now == stopped || now == creating -> goto killed :: else fi
  }
  atomic { mortal();
step_signal_sent:
    if :: own == folders && isCreated && first != absent -> first = dead; frozen = false :: else fi
  }
killed:
  die()
}

proctype Pause(byte me) {
  mtype:status now;
  byte own;
  atomic { mortal(); if :: !folder -> goto killed :: else -> own = folders fi }
  atomic { mortal(); if :: holder == NOBODY && folder && own == folders -> holder = me :: else -> goto killed fi }
  atomic { mortal();
    if :: !hasRecord -> goto killed :: else fi;
    statusNow(now);
    if :: now != created && now != running -> goto killed :: else fi
  }
  atomic { mortal(); frozen = true }
killed:
  die()
}

/* Its process enters the cgroup and looks once more whether the first one lives; until then it ends with its runtime. */
proctype Exec(byte me) {
  mtype:status now;
  byte own;
  atomic { mortal();
    if :: !folder || !hasRecord -> goto killed :: else -> own = folders fi;
    statusNow(now);
    if :: now != created && now != running -> goto killed :: else fi
  }
  atomic { mortal(); if :: cgroup && own == folders -> extra = 1 :: else -> goto killed fi }
  atomic {
    if
    :: kills < KILLS -> kills++; extra = 0; goto killed
    :: own != folders || first == dead || first == absent -> extra = 0
    :: else
    fi
  }
killed:
  die()
}

proctype DeleteByForce(byte me) {
  byte own;
  atomic { mortal(); if :: !folder -> goto killed :: else -> own = folders fi }
  do
  :: atomic { holder == NOBODY -> mortal();
       if :: folder && own == folders -> holder = me; break :: else -> goto killed fi }
  /* Whoever keeps it for longer than two seconds is killed; its descriptors go with it. */
  :: atomic { holder != NOBODY -> mortal(); alive[holder] = false; holder = NOBODY }
  od;
  atomic { mortal();
step_processes_killed:                    /* all that is in the cgroup, whether the record names it or not */
    if :: first != absent -> first = dead :: else fi;
    extra = 0; frozen = false
  }
  /* rmdir says EBUSY while a process is in it; a process that came between is killed with the others. */
  atomic { mortal();
step_cgroup_removed:
    if :: first != absent -> first = dead :: else fi;
    extra = 0; cgroup = false
  }
  atomic { mortal();
step_folder_removed: hasRecord = false; isCreated = false; folder = false }
killed:
  die()
}

#define LIVES (first == working || first == waiting || first == begun)

init {
  byte number;
  atomic {
    number = 0;
    do :: number < CALLERS -> alive[number] = true; number++ :: else -> break od;
#if SET == 1
    run Create(0); run Create(1); run Start(2); run Start(3); run DeleteByForce(4)
#elif SET == 2
    run Create(0); run Start(1); run Kill(2); run Exec(3); run DeleteByForce(4)
#elif SET == 3
    run Create(0); run Start(1); run Pause(2); run Kill(3); run DeleteByForce(4)
#else
    run Create(0); run Create(1); run Exec(2); run DeleteByForce(3); run DeleteByForce(4)
#endif
  }
  /* When all callers have ended, one way or another, somebody deletes by force and is left in peace. */
  (_nr_pr == 2);
  assert(!(LIVES && persisted) || (folder && hasRecord));
  assert(!(folder == false && (cgroup || extra == 1)));
  kills = KILLS;
  run DeleteByForce(8);
  (_nr_pr == 2);
  !(LIVES && !persisted);                 /* what nobody has persisted ends by itself */
  assert(!folder && !hasRecord && !cgroup && extra == 0 && !LIVES)
}
