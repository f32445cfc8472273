#!/usr/bin/env bash
# A Slurm of one node, for tests: munge, controller and node daemon from Debian, with no systemd and no cgroups.
#
#   .ci/slurm.sh start DIR      then: source DIR/env.sh
#   .ci/slurm.sh stop DIR       ends what `start` started, by the process ids it noted, and removes DIR
#
# DIR holds configuration, key, logs and process ids; its path must be short, for a socket lies in it. A second `start`
# finds the cluster up and leaves it. A job that passes its memory request is killed whole, as on many clusters.
# Environment: SLURM_SLOTS, CPUs to hand out (8: the controller starts about one job a second, so slots set the pace).
set -euo pipefail
export PATH="$PATH:/usr/sbin:/sbin"
usage() { sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[ $# -eq 2 ] || usage
verb=$1
default_conf=/etc/slurm/slurm.conf # where steps look that have lost SLURM_CONF, as Snakemake's do

say() { echo "slurm: $*" >&2; }
running() { [ -s "$dir/$1.pid" ] && kill -0 "$(cat "$dir/$1.pid")" 2>/dev/null; }
# until SECONDS COMMAND...: repeats a command until it succeeds
until_true() {
  local end=$((SECONDS + $1)); shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.2
  done
}
daemon() { # NAME COMMAND...: starts it apart from this terminal and notes its process id
  local name=$1; shift
  setsid "$@" >"$dir/$name.out" 2>&1 </dev/null &
  echo $! >"$dir/$name.pid"
}
controller_up() { timeout 3 scontrol ping | grep -q 'is UP'; }
node_up() { timeout 3 sinfo -h -o %T | grep -Eq '^(idle|mixed|allocated)$'; }
give_up() {
  say "$1"
  tail -n 15 "$dir"/*.out "$dir"/*.log >&2 2>/dev/null || true
  exit 1
}

install_packages() {
  local missing=()
  command -v slurmctld >/dev/null || missing+=(slurmctld)
  command -v slurmd >/dev/null || missing+=(slurmd)
  command -v sbatch >/dev/null || missing+=(slurm-client)
  command -v munged >/dev/null || missing+=(munge)
  [ "${#missing[@]}" -gt 0 ] || return 0
  say "installing ${missing[*]}"
  $as_root apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" \
    >"$dir/apt.out" 2>&1 || give_up "the packages cannot be installed"
}

write_configuration() {
  local host=$1 slots=${SLURM_SLOTS:-8} memory
  [ "$slots" -ge "$(nproc)" ] || slots=$(nproc)
  memory=$(awk '$1 == "MemTotal:" { printf "%d", $2 / 1024 * 0.9 }' /proc/meminfo)
  cat >"$dir/slurm.conf" <<CONF
ClusterName=rxstrata
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
CryptoType=crypto/munge
AuthInfo=socket=$dir/munge/socket
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/slurmd.log
SlurmctldPidFile=$dir/slurmctld.own-pid
SlurmdPidFile=$dir/slurmd.own-pid
SlurmdParameters=config_overrides
MailProg=/bin/true
MpiDefault=none
ReturnToService=2
KillWait=5
MinJobAge=900
MaxArraySize=10001
# processes are found by their parents and measured in /proc: there are no cgroups to ask
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
AccountingStorageType=accounting_storage/none
# CPUs and memory are handed out one by one, and at once
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1
NodeName=$host NodeAddr=127.0.0.1 CPUs=$slots RealMemory=$memory State=UNKNOWN
PartitionName=main Nodes=$host Default=YES State=UP MaxTime=INFINITE DefMemPerCPU=$((memory / slots / 2))
CONF
  printf 'export SLURM_CONF=%q\nexport PATH="$PATH:/usr/sbin:/sbin"\n' "$dir/slurm.conf" >"$dir/env.sh"
}

start() {
  mkdir -p "$dir"/{munge,state,spool}
  dir=$(cd "$dir" && pwd)
  [ "${#dir}" -le 80 ] || { say "the path is too long for a socket: $dir"; exit 2; }
  export SLURM_CONF=$dir/slurm.conf
  as_root=""
  [ "$(id -u)" = 0 ] || as_root=sudo
  install_packages
  if running slurmctld && running slurmd && controller_up && node_up; then
    say "already up in $dir"
    return
  fi
  local host
  host=$(hostname -s)
  getent hosts "$host" >/dev/null || echo "127.0.0.1 $host" | $as_root tee -a /etc/hosts >/dev/null
  write_configuration "$host"
  if [ ! -e "$default_conf" ] || [ -L "$default_conf" ]; then
    $as_root mkdir -p "$(dirname "$default_conf")"
    $as_root ln -sfn "$dir/slurm.conf" "$default_conf"
  fi

  chmod 755 "$dir/munge"
  [ -s "$dir/munge/key" ] || (umask 077 && head -c 128 /dev/urandom >"$dir/munge/key")
  running munged || daemon munged munged --foreground --force --socket="$dir/munge/socket" --key-file="$dir/munge/key" \
    --pid-file="$dir/munge/own-pid" --seed-file="$dir/munge/seed" --log-file="$dir/munged.log"
  until_true 20 munge -n -S "$dir/munge/socket" || give_up "munge does not answer"
  running slurmctld || daemon slurmctld slurmctld -D -i
  until_true 30 controller_up || give_up "the controller does not answer"
  running slurmd || daemon slurmd slurmd -D -N "$host"
  until_true 30 node_up || give_up "the node does not come up"
  say "up: $(sinfo -h -o '%C CPUs (used/free/other/all), %m MB'); source $dir/env.sh"
}

stop() {
  [ -d "$dir" ] || return 0
  dir=$(cd "$dir" && pwd)
  export SLURM_CONF=$dir/slurm.conf
  if running slurmctld; then timeout 10 scancel --user="$(id -un)" 2>/dev/null || true; fi
  local name pid
  for name in slurmd slurmctld munged; do
    running "$name" || continue
    pid=$(cat "$dir/$name.pid")
    kill "$pid"
    until_true 15 eval "! kill -0 $pid" || kill -KILL "$pid"
  done
  if [ "$(readlink "$default_conf" 2>/dev/null || true)" = "$dir/slurm.conf" ]; then rm -f "$default_conf"; fi
  rm -rf "$dir"
}

dir=$2
case $verb in start) start ;; stop) stop ;; *) usage ;; esac
