// MODE PORT [PROXY_PORT]: what Go programs do with tls.Conn besides net/http. Each message has a
// token; for each the program prints its two ends, and TLS goes to a server that answers to any
// path.
package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"unsafe"
)

func check(err error) {
	if err != nil {
		_, _, line, _ := runtime.Caller(1)
		fmt.Fprintf(os.Stderr, "line %d: %v\n", line, err)
		os.Exit(1)
	}
}

var trusting = &tls.Config{InsecureSkipVerify: true}

func ends(address net.Addr) [2]interface{} {
	tcp := address.(*net.TCPAddr)
	return [2]interface{}{tcp.IP.String(), tcp.Port}
}

var output sync.Mutex

// tell says through which TCP connection a message goes; nil if through none.
func tell(token string, tcp net.Conn) {
	fact := struct {
		Token  string      `json:"token"`
		Role   string      `json:"role"`
		Local  interface{} `json:"local"`
		Remote interface{} `json:"remote"`
	}{Token: token, Role: "client"}
	if tcp != nil {
		fact.Local, fact.Remote = ends(tcp.LocalAddr()), ends(tcp.RemoteAddr())
	}
	line, err := json.Marshal(fact)
	check(err)
	output.Lock()
	defer output.Unlock()
	fmt.Printf("%s\n", line)
}

func request(token string) []byte {
	return []byte("GET /" + token + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
}

// ask makes a request and reads its whole answer.
func ask(conn net.Conn, token string) {
	_, err := conn.Write(request(token))
	check(err)
	answered(bufio.NewReader(conn))
}

// askOver does so over a conn that goes through tcp.
func askOver(conn net.Conn, tcp net.Conn, token string) {
	tell(token, tcp)
	ask(conn, token)
}

func answered(reader *bufio.Reader) {
	response, err := http.ReadResponse(reader, nil)
	check(err)
	_, err = io.Copy(io.Discard, response.Body)
	check(err)
}

func dial(port string) net.Conn {
	tcp, err := net.Dial("tcp", "127.0.0.1:"+port)
	check(err)
	return tcp
}

// wrapped hides the TCP connection from whom looks into the tls.Conn.
type wrapped struct {
	name string
	net.Conn
	beforeRead func()
	afterRead  func()
}

func (w *wrapped) Read(b []byte) (int, error) {
	if w.beforeRead != nil {
		w.beforeRead()
	}
	n, err := w.Conn.Read(b)
	if w.afterRead != nil {
		w.afterRead()
	}
	return n, err
}

// serving makes the configuration of a server of our own.
func serving() *tls.Config {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	check(err)
	certificate := tls.Certificate{Certificate: [][]byte{cert}, PrivateKey: key}
	return &tls.Config{Certificates: []tls.Certificate{certificate}}
}

// answer is a server for one request: it answers with the path.
func answer(conn net.Conn, config *tls.Config) {
	server := tls.Server(conn, config)
	request, err := http.ReadRequest(bufio.NewReader(server))
	check(err)
	path := request.URL.Path
	fmt.Fprintf(server, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(path), path)
}

func each(n int, run func(i int)) {
	var group sync.WaitGroup
	for i := 0; i < n; i++ {
		group.Add(1)
		go func(i int) {
			defer group.Done()
			run(i)
		}(i)
	}
	group.Wait()
}

//go:noinline
func descend(depth int) byte {
	var room [1024]byte
	room[depth%len(room)] = byte(depth)
	if depth > 0 {
		return descend(depth-1) + room[depth/2%len(room)]
	}
	return room[0]
}

// The stack of a goroutine moves while a call to Read fills a buffer that is on it.
func movingStacks(port string) {
	var lock sync.Mutex
	moved := 0
	each(8, func(i int) {
		tcp := dial(port)
		conn := tls.Client(&wrapped{Conn: tcp, beforeRead: func() { descend(64) }}, trusting)
		check(conn.Handshake())
		for j := 0; j < 4; j++ {
			done := make(chan bool)
			token := fmt.Sprintf("tok_m%dr%d_", i, j)
			tell(token, tcp)
			go func() { // With a small stack of its own.
				var buffer [4096]byte
				before := uintptr(unsafe.Pointer(&buffer))
				_, err := conn.Write(request(token))
				check(err)
				received := 0
				for !strings.Contains(string(buffer[:received]), "\r\n\r\n"+token) {
					n, err := conn.Read(buffer[received:])
					check(err)
					received += n
				}
				lock.Lock()
				if uintptr(unsafe.Pointer(&buffer)) != before {
					moved++
				}
				lock.Unlock()
				close(done)
			}()
			<-done
		}
		check(conn.Close())
	})
	if moved < 32 {
		check(fmt.Errorf("only %d stacks moved", moved))
	}
}

// Calls of Read that never return: a panic or Goexit leaves them from inside.
func unwound(port string) {
	broken := errors.New("broken")
	config := serving()
	each(8, func(i int) {
		plain, err := net.Listen("tcp", "127.0.0.1:0")
		check(err)
		go func() {
			for {
				conn, err := plain.Accept()
				if err != nil {
					return
				}
				io.WriteString(conn, "welcome")
				answer(&wrapped{Conn: conn}, config)
			}
		}()
		for j := 0; j < 4; j++ {
			tcp := dial(port)
			inner := &wrapped{Conn: tcp}
			conn := tls.Client(inner, trusting)
			askOver(conn, tcp, fmt.Sprintf("tok_p%dr%da_", i, j))
			inner.beforeRead = func() { panic(broken) }
			func() {
				defer func() {
					if recover() != broken {
						check(errors.New("no panic"))
					}
				}()
				token := fmt.Sprintf("tok_p%dr%db_", i, j)
				tell(token, tcp)
				conn.Write(request(token))
				conn.Read(make([]byte, 100))
			}()
			tcp.Close()
			// Its first bytes are not TLS, and are read inside no call.
			greeting, err := net.Dial("tcp", plain.Addr().String())
			check(err)
			greeting.Read(make([]byte, 100))
			again := tls.Client(&wrapped{Conn: greeting}, trusting)
			askOver(again, greeting, fmt.Sprintf("tok_p%dr%dc_", i, j))
			check(again.Close())

			exits := dial(port)
			leaving := tls.Client(&wrapped{Conn: exits, beforeRead: runtime.Goexit}, trusting)
			done := make(chan bool)
			go func() {
				defer close(done)
				leaving.Read(make([]byte, 100)) // Its handshake is left.
			}()
			<-done
			exits.Close()
		}
		plain.Close()
	})
}

// Bytes that Read returns after another goroutine closed the tls.Conn. In TLS 1.3 tickets may come
// before them, in a read of their own.
func closedInRead(port string) {
	config := trusting.Clone()
	config.MaxVersion = tls.VersionTLS12
	each(8, func(i int) {
		tcp := dial(port)
		under := &wrapped{Conn: tcp}
		conn := tls.Client(under, config)
		token := fmt.Sprintf("tok_x%d_", i)
		tell(token, tcp)
		_, err := conn.Write(request(token))
		check(err)
		under.afterRead = func() {
			closed := make(chan bool)
			go func() {
				conn.Close()
				close(closed)
			}()
			<-closed
		}
		buffer := make([]byte, 1000)
		n, err := conn.Read(buffer)
		check(err)
		if !strings.HasPrefix(string(buffer[:n]), "HTTP/1.1 200") {
			check(errors.New("no answer"))
		}
	})
}

// TLS inside TLS: the proxy's TLS carries that of the server.
func nested(port, proxyPort string) {
	each(12, func(i int) {
		tcp := dial(proxyPort)
		outer := tls.Client(tcp, trusting)
		token := fmt.Sprintf("tok_outer%d_", i)
		fmt.Fprintf(outer, "CONNECT 127.0.0.1:%s HTTP/1.1\r\nHost: x\r\nX-Token: %s\r\n\r\n", port, token)
		response, err := http.ReadResponse(bufio.NewReader(outer), &http.Request{Method: "CONNECT"})
		check(err)
		if response.StatusCode != 200 {
			check(errors.New(response.Status))
		}
		var carrier net.Conn = outer
		if i%2 == 1 {
			carrier = &wrapped{Conn: outer}
		}
		inner := tls.Client(carrier, trusting)
		for j := 0; j < 3; j++ {
			ask(inner, fmt.Sprintf("tok_c%dr%d_", i, j))
		}
		check(inner.Close())
	})
}

// Connections that are never closed as TLS: their tls.Conn is collected, and its place used again.
func reused(port string) {
	places := map[uintptr]int{}
	config := serving()
	for i := 0; i < 200; i++ {
		var tcp, under net.Conn
		if i%3 == 2 { // Through no socket at all.
			var peer net.Conn
			under, peer = net.Pipe()
			go answer(peer, config)
		} else {
			tcp = dial(port)
			under = tcp
			if i%3 == 1 {
				under = &wrapped{Conn: tcp}
			}
		}
		conn := tls.Client(under, trusting)
		places[uintptr(unsafe.Pointer(conn))]++
		askOver(conn, tcp, fmt.Sprintf("tok_u%d_", i))
		check(under.Close())
		conn, under = nil, nil
		runtime.GC()
	}
	if len(places) == 200 {
		check(errors.New("no tls.Conn where another one was"))
	}
}

// Connections that are older than the capture, some with a call of Read that is open.
func old(port string) {
	const connections = 32
	conns := make([]*tls.Conn, connections)
	tcps := make([]net.Conn, connections)
	for i := range conns {
		tcps[i] = dial(port)
		var under = tcps[i]
		if i%4 == 3 {
			under = &wrapped{Conn: under}
		}
		conns[i] = tls.Client(under, trusting)
		askOver(conns[i], tcps[i], fmt.Sprintf("tok_o%dr0_", i))
	}
	begun := make(chan bool)
	go func() {
		os.Stdin.Read(make([]byte, 1))
		close(begun)
	}()
	each(connections, func(i int) {
		readers := make(chan *bufio.Reader)
		go func() {
			reader := bufio.NewReader(conns[i])
			for j := 1; j < 4; j++ {
				if i%4 == 2 || j > 1 {
					<-begun
				}
				answered(reader)
			}
			close(readers)
		}()
		if i == 0 {
			// All readers wait for bytes by now, or will soon.
			fmt.Fprintln(os.Stderr, "ready")
		}
		<-begun
		for j := 1; j < 4; j++ {
			token := fmt.Sprintf("tok_o%dr%d_", i, j)
			tell(token, tcps[i])
			_, err := conns[i].Write(request(token))
			check(err)
		}
		<-readers
		check(conns[i].Close())
	})
}

// A client that lives no longer than one request.
func short(port string) {
	tcp := dial(port)
	conn := tls.Client(tcp, trusting)
	askOver(conn, tcp, "tok_s"+strconv.Itoa(os.Getpid())+"_")
	check(conn.Close())
}

func main() {
	mode, port := os.Args[1], os.Args[2]
	switch mode {
	case "moving-stacks":
		movingStacks(port)
	case "unwound":
		unwound(port)
	case "closed-in-read":
		closedInRead(port)
	case "nested":
		nested(port, os.Args[3])
	case "reused":
		reused(port)
	case "old":
		old(port)
	case "short":
		short(port)
	}
}
