#!/bin/sh
# A server and its client in one process tree: nginx (a master and a worker), and curl.
#
# Usage: nginx-and-curl.sh FOLDER PORT
set -eu

folder=$1
port=$2
cat >"$folder/nginx.conf" <<CONF
pid $folder/nginx.pid;
error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path $folder;
  proxy_temp_path $folder;
  fastcgi_temp_path $folder;
  uwsgi_temp_path $folder;
  scgi_temp_path $folder;
  server {
    listen 127.0.0.1:$port ssl http2;
    ssl_certificate $folder/cert.pem;
    ssl_certificate_key $folder/key.pem;
    default_type text/plain;
    location /hello { return 200 "hello from nginx\n"; }
    location / { return 404 "not here\n"; }
  }
}
CONF
PATH=$PATH:/usr/sbin
nginx -e stderr -p "$folder" -c nginx.conf
trap 'kill "$(cat "$folder/nginx.pid")"' EXIT
curl -s --http1.1 "https://localhost:$port/hello" "https://localhost:$port/missing"
curl -s --http2 "https://localhost:$port/hello"
