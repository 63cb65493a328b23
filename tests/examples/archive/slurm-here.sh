#!/bin/sh
# bfft: a Slurm cluster of this one machine, for as long as a command runs.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   slurm-here.sh COMMAND [ARGUMENT...]      (as root; packages slurmctld,
#                                             slurmd, slurm-client, munge)
#
# All of it lives in a temporary folder; what Slurm is otherwise configured to
# do here is neither used nor changed.
set -eu

. "$(dirname "$0")/common.sh"
arguments 1 "$@"
for program in munged slurmctld slurmd sinfo; do
  PATH=$PATH:/usr/sbin command -v $program > /dev/null || fail "$program is missing; \
on Debian: apt-get install slurmctld slurmd slurm-client munge"
done
[ "$(id -u)" = 0 ] || fail 'this needs root'
work=$(mktemp -d)
chmod 755 "$work"
host=$(hostname -s)
port=$((30000 + $$ % 5000 * 2))
pids=
stop () {
  # the last that was started first
  for pid in $pids; do
    kill "$pid" 2> /dev/null && wait "$pid" 2> /dev/null || :
  done
  rm -rf "$work"
}
trap stop EXIT

mkdir "$work/state" "$work/spool"
dd if=/dev/urandom of="$work/key" bs=128 count=1 2> /dev/null
chmod 400 "$work/key"
cat > "$work/slurm.conf" << END
ClusterName=here
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
SlurmctldPort=$port
SlurmdPort=$((port + 1))
AuthType=auth/munge
AuthInfo=socket=$work/munge
CredType=cred/munge
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
SchedulerParameters=sched_interval=1,batch_sched_delay=0
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
END
export SLURM_CONF="$work/slurm.conf"

start () {
  "$@" > "$work/log.$(basename "$1")" 2>&1 &
  pids="$! $pids"
}
start munged --foreground --force --key-file="$work/key" \
  --socket="$work/munge" --pid-file="$work/munge.pid" \
  --log-file="$work/munge.log" --seed-file="$work/munge.seed"
while [ ! -S "$work/munge" ]; do sleep 0.1; done
start slurmctld -D -c
start slurmd -D
tries=0
until sinfo -h -o %t 2> /dev/null | grep -q idle; do
  tries=$((tries + 1))
  if [ $tries -gt 100 ]; then
    tail -n 20 "$work"/log.*
    exit 1
  fi
  sleep 0.2
done
"$@"
