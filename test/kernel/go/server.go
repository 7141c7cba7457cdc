// An HTTP server that prints its port, and of each request: method, the client's address, path and
// the size of its body. It ends with its stdin.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	cert := flag.String("cert", "", "PEM file")
	key := flag.String("key", "", "PEM file")
	at := flag.Int("port", 0, "to listen on; 0 is any that is free")
	flag.Parse()

	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", *at))
	check(err)
	var lock sync.Mutex
	server := &http.Server{
		ErrorLog: log.New(io.Discard, "", 0),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			size, err := io.Copy(io.Discard, r.Body)
			if err != nil {
				return
			}
			lock.Lock()
			fmt.Printf("%s %s %s %d\n", r.Method, r.RemoteAddr, r.URL.RequestURI(), size)
			lock.Unlock()
			length, _ := strconv.Atoi(r.URL.Query().Get("bytes"))
			w.Header().Set("Content-Type", "text/plain")
			io.WriteString(w, strings.Repeat("x", length))
		}),
	}
	fmt.Printf("port %d\n", listener.Addr().(*net.TCPAddr).Port)
	go func() {
		io.Copy(io.Discard, os.Stdin)
		server.Close()
	}()
	if err := server.ServeTLS(listener, *cert, *key); err != http.ErrServerClosed {
		check(err)
	}
}
