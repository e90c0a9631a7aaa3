# shellcheck shell=bash
# MiniStack: the emulator that deploys CDK stacks and runs ECS tasks as containers.

MINISTACK_VERSION=1.5.33
DOCKER_SDK_VERSION=7.2.0

# Its HTTP APIs pass on no header of an answer but the type, where API Gateway passes on all: compressed answers would
# come without a word that they are. Changes the line that drops them, once; fails where it is another.
keep_content_encoding() {
  "$dir/ministack/bin/python" - <<'PYTHON'
import inspect
from ministack.services import apigateway

file = inspect.getsourcefile(apigateway)
text = open(file, encoding="utf-8").read()
before = '{"Content-Type": resp_headers_raw.get("Content-Type", "application/json")}'
# Names come as the server of the answer wrote them.
after = before[:-1] + (
    ', **{name: value for name, value in resp_headers_raw.items() if name.lower() in ("content-encoding", "vary")}}'
)
if after not in text:
    assert text.count(before) == 1, "MiniStack answers by other lines than those of the version that is pinned"
    open(file, "w", encoding="utf-8").write(text.replace(before, after))
PYTHON
}

# Listens on the bridge alone: this machine and the containers reach it there, no other does.
# It records every call, so that test/aws can compare those of the tasks with their permissions.
# Sets $port.
start_ministack() {
  python_packages ministack "ministack==$MINISTACK_VERSION" "docker==$DOCKER_SDK_VERSION"
  keep_content_encoding
  port=$(cat "$dir/port" 2>/dev/null) || true
  is_running ministack && answers "http://$address:$port/_ministack/health" && return
  say 'starting MiniStack'
  stop_process ministack 10
  port=$(free_port)
  echo "$port" >"$dir/port"
  # What a CDK command learned of an emulator that is gone.
  rm -rf "$dir/cdk"
  mkdir -p "$dir/tmp" "$dir/cdk"
  start_process ministack env BIND_HOST="$address" GATEWAY_PORT="$port" TMPDIR="$dir/tmp" \
    LOG_LEVEL=WARNING PYTHONFAULTHANDLER=1 CLOUDTRAIL_RECORDING=1 CLOUDTRAIL_MAX_EVENTS=1000000 "$dir/ministack/bin/ministack"
  wait_until ministack 60 answers "http://$address:$port/_ministack/health"
}

# Whether it answers this machine and its containers. If not, says all that may tell why; one that hangs
# writes where it does, and ends.
ministack_is_reached() {
  local url pid
  port=$(cat "$dir/port" 2>/dev/null) || return 1
  url=http://$address:$port/_ministack/health
  answers "$url" && containers_reach "$1" "$url" && return
  describe_network >&2
  if is_running ministack && ! answers "$url"; then
    read -r pid _ <"$dir/ministack.pid"
    kill -ABRT "$pid"
    sleep 1
  fi
  tail -n 60 "$dir/ministack.log" >&2
  return 1
}
