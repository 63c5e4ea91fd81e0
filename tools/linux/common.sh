# SPDX-License-Identifier: Apache-2.0
# What the scripts of this folder share. To be sourced.
# shellcheck shell=bash

# Exit codes, as tools/linux/README.md documents them.
# shellcheck disable=SC2034  # used by those who source this file
readonly EXIT_FAILED=1 EXIT_DIED=2 EXIT_DIVERGES=20 EXIT_USAGE=64 EXIT_ENVIRONMENT=69 EXIT_SKIPPED=77

# The kernel that the law describes, and the oldest that is worth testing: iommufd's own API grew until then.
# shellcheck disable=SC2034
readonly WANTED_VERSION=7.3 OLDEST_VERSION=7.2

cache_dir() {
  printf '%s\n' "${IOLAW_LINUX_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/iolaw/linux}"
}

say() { printf 'linux: %s\n' "$*" >&2; }

# fail CODE MESSAGE...
fail() {
  local code=$1
  shift
  say "$@"
  exit "$code"
}

# Runs a command with the rights to install packages.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo > /dev/null; then
    sudo "$@"
  else
    fail "$EXIT_ENVIRONMENT" "neither root nor sudo: cannot run: $*"
  fi
}
