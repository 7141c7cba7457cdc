#!/bin/sh
# Captures curl that talks to an HTTPS server of its own, on loopback, into capture.pcapng, and
# shows what tshark sees in it. Where nothing can be captured it says why, and takes a recording
# that was captured elsewhere.
set -eu
unset CDPATH

cd "$(dirname "$0")/.."

capture=capture.pcapng
shipped=samples/both-ends.cbor
server=
folder=$(mktemp -d)
trap 'clean_up' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

clean_up() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  rm -rf "$folder"
}

fail() {
  echo "demo: $*" >&2
  exit 1
}

is_built() {
  [ -e dist/cli.js ] && [ -e native/build/Release/plaincap.node ]
}

plaincap() {
  node dist/cli.js "$@"
}

# Starts the server on a free port, and sets url. Its certificate is $folder/cert.pem.
start_server() {
  sh samples/traffic/certificate.sh "$folder"
  mkfifo "$folder/port"
  node samples/traffic/web-server.js "$folder" localhost 0 >"$folder/port" &
  server=$!
  read -r port <"$folder/port" || fail 'the server did not start'
  url=https://localhost:$port
}

# The first thing that is missing, in words: doctor's first line with `no`.
obstacle() {
  sed -n 's/^no  *//p' "$folder/doctor" | head -n 1 | sed 's/   */: /'
}

# Prints a line a request, from a line a packet. A packet may have several HTTP/2 frames; those of
# type 1 have the headers.
requests() {
  awk -F '\t' '
    $2 != "" { add($1, "HTTP/1.1", $2, $3) }
    $2 == "" && $4 != "" { answer($1, $4) }
    $5 != "" {
      frames = split($5, type, "|"); split($6, id, "|")
      split($7, method, "|"); split($8, scheme, "|"); split($9, authority, "|")
      split($10, path, "|"); split($11, status, "|")
      for (frame = headers = 0; ++frame <= frames;) {
        if (type[frame] != 1) continue
        headers++
        uri = scheme[headers] "://" authority[headers] path[headers]
        if ($7 != "") add($1 "." id[frame], "HTTP/2", method[headers], uri)
        else answer($1 "." id[frame], status[headers])
      }
    }
    function add(where, version, method, uri) {
      rows++
      row[rows] = version "\t" method "\t" uri
      last[where] = rows
    }
    function answer(where, status) { code[last[where]] = status }
    END {
      for (i = 1; i <= rows; i++) {
        split(row[i], field, "\t")
        printf "  %-9s %-5s %-40s %s\n", field[1], field[2], field[3], code[i]
      }
      exit rows == 0
    }'
}

# A user who may not install, nor write here, takes what root has built.
npm run --silent setup || { [ "$(id -u)" != 0 ] && is_built; } || exit 1

if plaincap doctor >"$folder/doctor"; then
  start_server
  set -- curl -sS "$url/items" \
    --next -sS --data name=whisk "$url/items" \
    --next -sS --http1.1 "$url/items/1" "$url/missing"
  echo "\$ plaincap capture -w $capture -- $*"
  CURL_CA_BUNDLE=$folder/cert.pem plaincap capture -w "$capture" -- "$@" >"$folder/curl" ||
    fail "exit code $? of the capture"
else
  echo "Nothing can be captured here: $(obstacle)"
  echo "\$ plaincap export $shipped -w $capture"
  plaincap export "$shipped" -w "$capture"
fi

echo
echo "The requests that tshark sees in $capture:"
tshark -r "$capture" -Y 'http or http2.headers' -T fields -E 'aggregator=|' \
  -e tcp.stream -e http.request.method -e http.request.full_uri -e http.response.code \
  -e http2.type -e http2.streamid -e http2.headers.method -e http2.headers.scheme \
  -e http2.headers.authority -e http2.headers.path -e http2.headers.status \
  2>"$folder/tshark" | requests || {
  cat "$folder/tshark" >&2
  fail 'tshark sees no request'
}
echo
echo "Next: wireshark $capture"
