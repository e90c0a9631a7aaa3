# shellcheck shell=bash
# What the emulator scripts share; sourced, never run. Each keeps everything in one folder, $dir:
# NAME.pid and NAME.log for every process that it started, so that `down` ends just those.

say() { printf '%s: %s\n' "$tool" "$*" >&2; }

fail() {
  say "$1"
  exit "${2:-1}"
}

# Prints the comment at the head of the script.
usage() { sed -n '2,/^set /{s/^# \{0,1\}//;/^set /d;p;}' "$0"; }

# parse_arguments DEFAULT_DIR "$@": sets $action and $dir, an absolute path of a folder that is there.
# Actions are up, down, and those of $more_actions.
parse_arguments() {
  local default_dir=$1
  shift
  case ${1:-} in
    -h | --help) usage; exit 0 ;;
    '' | *' '*) usage >&2; exit 2 ;;
  esac
  case " up down ${more_actions:-} " in
    *" $1 "*) action=$1 ;;
    *) usage >&2; exit 2 ;;
  esac
  [ $# -le 2 ] || fail "one folder at most, got: ${*:2}" 2
  mkdir -p "${2:-$default_dir}"
  dir=$(cd "${2:-$default_dir}" && pwd -P)
  # Two at a time would start everything twice.
  exec 9>"$dir/lock"
  flock 9
}

# The time a process started at: a pid alone may be another's by now.
started_at() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

is_running() {
  local pid started
  [ -f "$dir/$1.pid" ] && read -r pid started <"$dir/$1.pid" && [ "$(started_at "$pid")" = "$started" ]
}

# start_process NAME COMMAND…: in the background, in a session of its own.
start_process() {
  local name=$1
  shift
  setsid "$@" </dev/null >>"$dir/$name.log" 2>&1 9>&- &
  echo "$! $(started_at $!)" >"$dir/$name.pid"
}

# stop_process NAME SECONDS: SIGTERM, and SIGKILL to what is still there after so long.
stop_process() {
  local name=$1 deadline=$((SECONDS + $2)) pid
  if is_running "$name"; then
    read -r pid _ <"$dir/$name.pid"
    kill "$pid"
    while is_running "$name" && [ "$SECONDS" -lt "$deadline" ]; do sleep 0.1; done
    if is_running "$name"; then
      say "$name did not end within $2 s and is killed"
      kill -KILL "$pid"
    fi
    say "$name has ended"
  fi
  rm -f "$dir/$name.pid"
}

# wait_until NAME SECONDS COMMAND…: until the command succeeds; fails with the end of the log.
wait_until() {
  local name=$1 deadline=$((SECONDS + $2))
  shift 2
  until "$@" >/dev/null 2>&1; do
    if ! is_running "$name" || [ "$SECONDS" -ge "$deadline" ]; then
      tail -n 15 "$dir/$name.log" >&2
      fail "$name did not come up; all of its log is in $dir/$name.log"
    fi
    sleep 0.2
  done
}

# answers URL: any answer at all.
answers() { curl --silent --output /dev/null --max-time 5 "$1"; }

# A port that nothing listens on.
free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# install_package PACKAGE: of the distribution. Two scripts may want one at the same time.
install_package() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || fail "the package $1 is missing: install it"
  say "installing $1"
  flock "${TMPDIR:-/tmp}/colony-emulators-apt.lock" sh -c 'apt-get update -qq &&
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$0"' "$1" \
    >>"$dir/apt.log" 2>&1 9>&- || fail "$1 could not be installed, see $dir/apt.log"
}

# needs COMMAND PACKAGE: installs the distribution's package unless the command is there.
needs() { command -v "$1" >/dev/null || install_package "$2"; }

# python_packages NAME REQUIREMENT…: a virtual environment of its own, in $dir/NAME.
python_packages() {
  local name=$1 venv=$dir/$1 wanted
  shift
  wanted=$(printf '%s\n' "$@")
  [ "$(cat "$venv/.installed" 2>/dev/null)" = "$wanted" ] && return
  needs python3 python3
  say "installing $name from PyPI"
  rm -rf "$venv"
  if ! python3 -m venv "$venv" 2>>"$dir/pip.log"; then
    rm -rf "$venv"
    install_package python3-venv
    python3 -m venv "$venv"
  fi
  "$venv/bin/pip" install --quiet --disable-pip-version-check "$@" >>"$dir/pip.log" 2>&1 ||
    fail "$* could not be installed, see $dir/pip.log"
  echo "$wanted" >"$venv/.installed"
}
