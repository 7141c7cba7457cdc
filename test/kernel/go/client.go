// An HTTP client: each of its goroutines asks for /GOROUTINE/NUMBER, one after another.
package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
)

// counted is a net.Conn of the program's own: crypto/tls does not see the TCP socket.
type counted struct {
	net.Conn
	moved *int64
}

func (c counted) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	atomic.AddInt64(c.moved, int64(n))
	return n, err
}

func (c counted) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	atomic.AddInt64(c.moved, int64(n))
	return n, err
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	url := flag.String("url", "", "of the server")
	goroutines := flag.Int("goroutines", 1, "how many ask at a time")
	requests := flag.Int("requests", 3, "of each goroutine")
	size := flag.Int("bytes", 100, "of each response's body")
	http2 := flag.Bool("http2", false, "all on one connection")
	wrap := flag.Bool("wrap", false, "TLS on a net.Conn of the program's own")
	upload := flag.Int("upload", 0, "bytes of each request's body")
	verify := flag.Bool("verify", false, "trust what the system trusts")
	max := flag.String("max", "", "1.2: no newer TLS")
	pause := flag.Bool("pause", false, "wait for a line on stdin before the last request")
	flag.Parse()

	var moved int64
	config := &tls.Config{InsecureSkipVerify: !*verify}
	if *max == "1.2" {
		config.MaxVersion = tls.VersionTLS12
	}
	if path := os.Getenv("SSLKEYLOGFILE"); path != "" {
		keys, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0600)
		check(err)
		config.KeyLogWriter = keys
	}
	transport := &http.Transport{
		TLSClientConfig:     config,
		ForceAttemptHTTP2:   *http2,
		MaxIdleConnsPerHost: *goroutines,
	}
	if *wrap {
		transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
			return counted{conn, &moved}, err
		}
	}
	client := &http.Client{Transport: transport}
	ask := func(path string) {
		method := http.MethodGet
		var body io.Reader
		if *upload > 0 {
			method = http.MethodPost
			body = bytes.NewReader([]byte(strings.Repeat(path, *upload/len(path)+1))[:*upload])
		}
		request, err := http.NewRequest(method, fmt.Sprintf("%s%s?bytes=%d", *url, path, *size), body)
		check(err)
		response, err := client.Do(request)
		check(err)
		_, err = io.Copy(io.Discard, response.Body)
		check(err)
		check(response.Body.Close())
	}
	if *http2 {
		ask("/first") // So that all others find its connection.
	}

	var group sync.WaitGroup
	for g := 0; g < *goroutines; g++ {
		group.Add(1)
		go func(g int) {
			defer group.Done()
			for i := 0; i < *requests; i++ {
				ask(fmt.Sprintf("/%d/%d", g, i))
			}
		}(g)
	}
	group.Wait()
	if *pause {
		fmt.Println("paused")
		_, err := os.Stdin.Read(make([]byte, 1))
		check(err)
		ask("/last")
	}
	client.CloseIdleConnections()
	if *wrap && moved == 0 {
		check(fmt.Errorf("nothing went through the connection of our own"))
	}
}
