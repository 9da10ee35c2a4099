#!/bin/sh
# A telephony system in small: take one call from its arrival to the end of wrap-up.
#
# sh docs/example_client.sh http://127.0.0.1:8000 KEY QUEUE
set -eu
[ $# -eq 3 ] || { echo "Give the server's address, a key and the name of a queue." >&2; exit 2; }
url=$1/api/v1 key=$2 queue=$3
call=$(date +%s)-$$

# post NAME PATH BODY: write something once. Under the same Idempotency-Key curl may try again.
post() {
  answer=$(curl --silent --show-error --fail-with-body --retry 2 --max-time 10 \
    --header "Authorization: Bearer $key" --header "Content-Type: application/json" \
    --header "Idempotency-Key: $call $1" --data "$3" "$url$2") || { echo "$answer" >&2; exit 1; }
}

# What the answer has at a place; a program would read the JSON.
show() {
  echo "$answer" | sed -n "s/.*$1.*/\1/p"
}

post arrived /interactions "{\"external_id\": \"$call\", \"queue\": \"$queue\"}"
id=$(show '"id": \([0-9]*\), "external_id"')
agent=$(show '"legs": \[{"leg": "[^"]*", "agent": \([0-9]*\)')
[ -n "$agent" ] || { echo "Nobody in $queue is free." >&2; exit 1; }
echo "rings at agent $agent"

for event in answered held resumed hung_up wrap_up_done; do
  body="{\"type\": \"$event\", \"agent\": $agent, \"id\": \"$call $event\"}"
  post "$event" "/interactions/$id/events" "$body"
  state=$(show '"state": "\([a-z_]*\)", "outcome"')
  echo "$event: $state"
  [ "$state" != ended ] || break
done
show '"outcome": "\([a-z_]*\)", "queue"'
