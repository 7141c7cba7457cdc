# Makes cipher-suites.ts of IANA's registry of TLS cipher suites:
#     awk -f cipher-suites.awk tls-parameters-4.csv > cipher-suites.ts
# without those of drafts, whose names may change yet.
# https://www.iana.org/assignments/tls-parameters/tls-parameters-4.csv
BEGIN {
  FS = ","
  print "/** IANA's registry of TLS cipher suites. Made by cipher-suites.awk, which names the source. */"
  print "export const CIPHER_SUITES: ReadonlyMap<number, string> = new Map(["
}
/^"0x[0-9A-F][0-9A-F],0x[0-9A-F][0-9A-F]",TLS_/ && !/\[draft-/ {
  printf "  [0x%s%s, '%s'],\n", tolower(substr($1, 4)), tolower(substr($2, 3, 2)), $3
}
END { print "]);" }
