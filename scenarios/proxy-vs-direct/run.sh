#!/usr/bin/env bash
# Compares a proxy with a direct path on this machine: nginx in front of an Express (or Flask) webhook, against a receiver
# behind a provider that silently drops 18 % of the connections. Starts everything on loopback, stops it at the end, and
# ends with the exit code of compare: 1, as the direct path loses too much.
#
#   scenarios/proxy-vs-direct/run.sh [options of hookdrill compare]
#
# As root, with nftables, all of it happens in a network namespace of its own, where a packet filter loses the connections;
# else the receiver itself does (it drops SYNs, too). LOSS=nftables or LOSS=receiver chooses.
#
# Needs nginx, openssl, curl, and node with express or python3 with flask: all of them are packages of the distribution.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
hookdrill=${HOOKDRILL:-$root/build/release/hookdrill}
delay_ms=2        # of the webhook itself, on both paths
proxy_adds_ms=5   # the way to the other provider and back
drop=18%

export PATH=$PATH:/usr/sbin:/sbin

die() { echo "$*" >&2; exit 2; }

# Loses by connection: a SYN that is sent again meets the same fate. The first sender verifies the endpoint, and is spared.
rules() { # port
  cat <<RULES
table ip provider {
  chain input {
    type filter hook input priority 0;
    tcp dport $1 ip saddr != 127.0.1.1 tcp flags & (syn | ack) == syn jhash ip saddr . tcp sport mod 100 seed 0x5eed < ${drop%\%} drop
  }
}
RULES
}
can_filter() { [[ $EUID -eq 0 ]] && rules 443 | unshare --net sh -c 'ip link set lo up && nft -f -' 2>/dev/null; }
loss=${LOSS:-$(can_filter && echo nftables || echo receiver)}
[[ $loss == nftables || $loss == receiver ]] || die "LOSS is \"$loss\"; expected nftables or receiver"
if [[ $loss == nftables && -z ${IN_NAMESPACE:-} ]]; then
  LOSS=$loss IN_NAMESPACE=1 exec unshare --net "$0" "$@"
fi

export APP_SECRET=${APP_SECRET:-0f1e2d3c4b5a69788796a5b4c3d2e1f0} VERIFY_TOKEN=${VERIFY_TOKEN:-proxy-vs-direct}
folder=$(mktemp -d)
children=()
stop() {
  for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done
  wait || true
  rm -rf "$folder"
}
trap stop EXIT

for tool in nginx openssl curl; do command -v "$tool" >/dev/null || die "$tool is not installed"; done
[[ -x $hookdrill ]] || die "$hookdrill is not there: build it first, or set HOOKDRILL"

[[ $loss == receiver ]] || ip link set lo up

# A port that nothing listens on, below those that the kernel gives to outgoing connections.
free_port() {
  local port
  for _ in $(seq 100); do
    port=$((15000 + RANDOM % 15000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
  die "no free port"
}

# Waits until something listens on a port, for 20 s at most.
wait_for_port() {
  for _ in $(seq 200); do
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
    sleep 0.1
  done
  die "$2 does not listen"
}

certificate() {  # name, host
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$2" -keyout "$folder/$1.key" \
    -out "$folder/$1.csr" 2>/dev/null
  openssl x509 -req -in "$folder/$1.csr" -CA "$folder/root.crt" -CAkey "$folder/root.key" -CAcreateserial -days 90 \
    -extfile <(echo "subjectAltName=DNS:$2") -out "$folder/$1.crt" 2>/dev/null
}
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 -subj "/CN=proxy-vs-direct root" \
  -addext "keyUsage=critical,keyCertSign,cRLSign" -keyout "$folder/root.key" -out "$folder/root.crt" 2>/dev/null
certificate proxy proxy.example.test
certificate webhook chatwoot.example.test

# The webhook behind the proxy.
upstream_port=$(free_port)
export PORT=$upstream_port CERTIFICATE=$folder/webhook.crt KEY=$folder/webhook.key DELAY_MS=$((delay_ms + proxy_adds_ms))
export NODE_PATH=${NODE_PATH:-$root/tests/integration/receivers/express/node_modules:/usr/share/nodejs}
flask=$(for python in python3 /usr/bin/python3; do "$python" -c 'import flask' 2>/dev/null && echo "$python" && break; done || true)
if node -e 'require("express")' 2>/dev/null; then
  node "$here/webhook.js" >"$folder/webhook.log" 2>&1 &
elif [[ -n $flask ]]; then
  "$flask" "$here/webhook.py" >"$folder/webhook.log" 2>&1 &
else
  die "neither node with express nor python3 with flask is installed"
fi
children+=($!)
wait_for_port "$upstream_port" "the webhook"

# The proxy.
proxy_port=$(free_port)
user=$([[ $EUID -eq 0 ]] && echo "user root;" || true)
sed -e "s|@FOLDER@|$folder|g" -e "s|@USER@|$user|" -e "s|@UPSTREAM_PORT@|$upstream_port|" -e "s|@PROXY_PORT@|$proxy_port|" \
  "$here/nginx.conf.in" >"$folder/nginx.conf"
nginx -p "$folder" -c "$folder/nginx.conf" -e "$folder/error.log" 2>"$folder/nginx.log" &
children+=($!)
wait_for_port "$proxy_port" nginx

# What the proxy does with hosts that it does not know, and with one that is down.
ask() { # path, expected status
  local status
  status=$(curl -s -o /dev/null -w '%{http_code}' --cacert "$folder/root.crt" --max-time 10 \
    --connect-to "proxy.example.test:443:127.0.0.1:$proxy_port" "https://proxy.example.test$1")
  echo "proxy  $1  HTTP $status"
  [[ $status == "$2" ]] || die "expected HTTP $2"
}
ask / 404
ask /unknown.example.test/webhooks/whatsapp/test 403
ask /down.example.test/webhooks/whatsapp/test 502

# The direct path: the same answers, but for connections that never come through.
dropped=$([[ $loss == receiver ]] && echo "$drop" || echo 0%)
"$hookdrill" receive --listen 127.0.0.1:0 --host chatwoot.example.test --delay "${delay_ms}ms" --drop "$dropped" \
  --root-out "$folder/direct-root.pem" --ready-file "$folder/direct.port" --quiet >"$folder/direct.log" 2>&1 &
children+=($!)
for _ in $(seq 200); do [[ -s $folder/direct.port ]] && break; sleep 0.1; done
[[ -s $folder/direct.port ]] || die "the direct receiver does not listen: $(cat "$folder/direct.log")"

[[ $loss == receiver ]] || rules "$(cat "$folder/direct.port")" | nft -f -
echo "loss   $drop of the direct connections, by $loss"

cat "$folder/root.crt" "$folder/direct-root.pem" >"$folder/roots.pem"
status=0
"$hookdrill" compare "$here/compare.toml" --ca-file "$folder/roots.pem" \
  --set "paths.direct.connect=127.0.0.1:$(cat "$folder/direct.port")" --set "paths.proxy.connect=127.0.0.1:$proxy_port" \
  "$@" || status=$?
exit "$status"
