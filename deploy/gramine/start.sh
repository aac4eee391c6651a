#!/bin/sh
# Starts an enclave process that build.sh prepared; standard input and output belong to the host.
#   ENIGMA_ENCLAVES=DIRECTORY start.sh worker|key_manager
# A node runs it with -Denigma.enclave.launcher=.../deploy/gramine/start.sh
set -eu
cd "${ENIGMA_ENCLAVES:?the directory that build.sh wrote}"
case $1 in
  worker | key_manager) exec gramine-sgx "$1" ;;
  *) echo "the role is worker or key_manager" >&2; exit 2 ;;
esac
