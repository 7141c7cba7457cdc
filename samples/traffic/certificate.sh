#!/bin/sh
# Makes the key and the certificate of a server on localhost, for its own folder's lifetime.
#
# Usage: certificate.sh FOLDER       writes FOLDER/key.pem and FOLDER/cert.pem
set -eu

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 \
  -subj /CN=localhost -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1' \
  -keyout "$1/key.pem" -out "$1/cert.pem" 2>"$1/openssl.log" || {
  cat "$1/openssl.log" >&2
  exit 1
}
