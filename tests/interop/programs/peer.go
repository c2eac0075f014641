// A TLS 1.2 client and server over Go's crypto/tls, for tests.
//
//	go build -o gopeer peer.go
//	gopeer c|s PORT [suites=TLS_..,..] [crt=F key=F] [ca=F] [need=1] [alpn=a,b] [groups=29,23,24,25] [each=2] [reneg=1]
//
// Both ends print one line about a finished handshake; then the client asks for / and the server answers
// with one line. With each=2 a client connects again and resumes the session; with reneg=1 it lets the server
// renegotiate. Only 127.0.0.1 is used. Needs Go 1.19 or newer.
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

const timeLimit = 10 * time.Second

func main() {
	options := map[string]string{}
	for _, argument := range os.Args[3:] {
		name, value, _ := strings.Cut(argument, "=")
		options[name] = value
	}
	address := "127.0.0.1:" + os.Args[2]
	if os.Args[1] == "c" {
		config := configuration(options)
		client(address, config)
		if options["each"] == "2" {
			client(address, config)
		}
	} else {
		server(address, configuration(options))
	}
}

func client(address string, config *tls.Config) {
	connection, err := tls.DialWithDialer(&net.Dialer{Timeout: timeLimit}, "tcp", address, config)
	check("handshake", err)
	defer connection.Close()
	connection.SetDeadline(time.Now().Add(timeLimit))
	fmt.Println(describe("client", connection))
	fmt.Fprint(connection, "GET / HTTP/1.0\r\n\r\n")
	answer := make([]byte, 20000)
	count, err := connection.Read(answer)
	fmt.Printf("client read %d %q %v\n", count, bytes.TrimSpace(answer[:count]), err)
}

func server(address string, config *tls.Config) {
	listener, err := net.Listen("tcp", address)
	check("listen", err)
	for {
		connection, err := listener.Accept()
		check("accept", err)
		go serve(tls.Server(connection, config))
	}
}

func serve(connection *tls.Conn) {
	defer connection.Close()
	connection.SetDeadline(time.Now().Add(timeLimit))
	if err := connection.Handshake(); err != nil {
		fmt.Println("server FAIL", err)
		return
	}
	line := describe("server", connection)
	fmt.Println(line)
	request := make([]byte, 20000)
	count, _ := connection.Read(request)
	fmt.Fprintf(connection, "HTTP/1.0 200 OK\r\n\r\n%s\r\nrequest: %q\r\n", line, request[:count])
}

func describe(role string, connection *tls.Conn) string {
	state := connection.ConnectionState()
	suite := tls.CipherSuiteName(state.CipherSuite)
	return fmt.Sprintf("%s OK %x %s resumed=%v alpn=%s sni=%s peers=%d", role, state.Version, suite,
		state.DidResume, state.NegotiatedProtocol, state.ServerName, len(state.PeerCertificates))
}

func configuration(options map[string]string) *tls.Config {
	config := &tls.Config{MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12, ServerName: "localhost"}
	config.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	if options["reneg"] != "" {
		config.Renegotiation = tls.RenegotiateFreelyAsClient
	}
	config.CipherSuites = suites(options["suites"])
	if options["crt"] != "" {
		pair, err := tls.LoadX509KeyPair(options["crt"], options["key"])
		check("certificate", err)
		config.Certificates = []tls.Certificate{pair}
	}
	if options["ca"] != "" {
		pem, err := os.ReadFile(options["ca"])
		check("ca", err)
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(pem)
		config.RootCAs, config.ClientCAs = pool, pool
	}
	if options["need"] != "" {
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	if options["alpn"] != "" {
		config.NextProtos = strings.Split(options["alpn"], ",")
	}
	for _, number := range strings.FieldsFunc(options["groups"], func(r rune) bool { return r == ',' }) {
		value, err := strconv.Atoi(number)
		check("group", err)
		config.CurvePreferences = append(config.CurvePreferences, tls.CurveID(value))
	}
	return config
}

// suites gives the numbers of the named cipher suites; all that are known when none is named.
func suites(names string) []uint16 {
	var numbers []uint16
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		if names == "" || strings.Contains(","+names+",", ","+suite.Name+",") {
			numbers = append(numbers, suite.ID)
		}
	}
	if numbers == nil {
		check("suites", fmt.Errorf("none of %s is known", names))
	}
	return numbers
}

func check(what string, err error) {
	if err != nil {
		fmt.Println(what, "FAIL", err)
		os.Exit(1)
	}
}
