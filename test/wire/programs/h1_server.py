"""PORT KEY CERT: http.server, keeping connections alive. Answers with as many bytes as it is asked."""
import http.server
import ssl
import sys
import urllib.parse

port, key, cert = sys.argv[1:]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def answer(self, body):
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        self.answer(b'p' * int(query.get('bytes', ['100'])[0]))

    def do_POST(self):
        self.answer(self.rfile.read(int(self.headers['Content-Length'])))

    def log_message(self, *_):
        pass


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
server = http.server.ThreadingHTTPServer(('127.0.0.1', int(port)), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
server.serve_forever()
