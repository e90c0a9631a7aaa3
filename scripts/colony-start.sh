#!/usr/bin/env bash
# Starts the colony, exactly once: POST /colony-start with a key that is made here.
#
#   scripts/colony-start.sh [--key KEY] [URL]
#
# URL   address of a coordinator or of the API Gateway; else $COLONY_URL; else http://127.0.0.1:8083
# KEY   idempotency key; else the seconds since 1970. The same key may be sent again and again.
#
# An address of this machine is never called through a proxy, whatever http_proxy or ALL_PROXY say.
#
# An address *.execute-api.REGION.amazonaws.com is called with a signature (SigV4), made with
# AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, if there is one, AWS_SESSION_TOKEN.
#
# Exit codes: 0 started, initiated or in progress; 1 refused, failed or not reached; 2 wrong usage.
set -euo pipefail

usage() { sed -n '2,/^set /{s/^# \{0,1\}//;/^set /d;p;}' "$0"; }

fail() {
  printf 'colony-start: %s\n' "$1" >&2
  exit "${2:-1}"
}

url=${COLONY_URL:-}
key=''
while [ $# -gt 0 ]; do
  case $1 in
    --key)
      [ $# -ge 2 ] || fail '--key needs a value' 2
      key=$2
      shift 2
      ;;
    --key=*)
      key=${1#--key=}
      shift
      ;;
    -h | --help)
      usage
      exit 0
      ;;
    -*) fail "unknown option $1 (--help tells more)" 2 ;;
    *)
      url=$1
      shift
      ;;
  esac
done
url=${url:-http://127.0.0.1:8083}
url=${url%/}
[[ $url =~ ^https?://[^[:space:]\"\\]+$ ]] || fail "not an address: $url" 2
command -v curl >/dev/null || fail 'curl is not installed' 2

# The client makes the key, never the server: a client that repeats a request must repeat its key.
key=${key:-$(date +%s)}
printable='^[ -~]{1,255}$'
LC_ALL=C
[[ $key =~ $printable ]] || fail 'the key must be 1 to 255 printable ASCII characters' 2

# percent-encoded, so that no character of the key can end the parameter
encode() {
  local text=$1 i character
  for ((i = 0; i < ${#text}; i++)); do
    character=${text:i:1}
    case $character in
      [a-zA-Z0-9._~-]) printf '%s' "$character" ;;
      *) printf '%%%02X' "'$character" ;;
    esac
  done
}

# A value of a curl configuration file: quoted, backslashes and quotes escaped.
quoted() {
  local value=${1//\\/\\\\}
  printf '"%s"' "${value//\"/\\\"}"
}

# The region of an API Gateway's address; empty for any other.
region=''
gateway='^https?://[^/]*\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?(:[0-9]+)?(/|$)'
if [[ $url =~ $gateway ]]; then
  region=${BASH_REMATCH[1]}
  [ -n "${AWS_ACCESS_KEY_ID:-}" ] && [ -n "${AWS_SECRET_ACCESS_KEY:-}" ] ||
    fail 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set to call an API Gateway' 2
fi

loopback='^https?://(localhost|[^/:]*\.localhost|127(\.[0-9]+){3}|\[::1\])(:[0-9]+)?(/|$)'

# Credentials go to curl by its standard input: arguments are there for everyone to read.
curl_config() {
  printf 'url = %s\n' "$(quoted "$url/colony-start?idempotency_key=$(encode "$key")")"
  [[ ! $url =~ $loopback ]] || printf 'noproxy = "*"\n'
  [ -n "$region" ] || return 0
  printf 'aws-sigv4 = %s\n' "$(quoted "aws:amz:$region:execute-api")"
  printf 'user = %s\n' "$(quoted "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY")"
  [ -n "${AWS_SESSION_TOKEN:-}" ] || return 0
  printf 'header = %s\n' "$(quoted "X-Amz-Security-Token: $AWS_SESSION_TOKEN")"
}

printf 'Starting the colony at %s with the idempotency key %s\n' "$url" "$key"
answer=$(curl_config | curl --config - --request POST --header 'Content-Length: 0' --silent --show-error --max-time 60 \
  --write-out '\n%{http_code}') || fail "$url cannot be reached"
status=${answer##*$'\n'}
body=${answer%$'\n'*}

case $status in
  202) printf 'Colony start accepted: %s\n' "$body" ;;
  200)
    [[ $body == *idempotent* ]] || fail "an answer 200 that is none of colony-start: $body"
    printf 'Colony already started with this key: %s\n' "$body"
    ;;
  400) fail "invalid request (HTTP 400): $body" ;;
  409) fail "refused (HTTP 409), the colony is or was started with another key: $body" ;;
  *) fail "failed (HTTP $status): $body" ;;
esac
