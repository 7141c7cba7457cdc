/* openssl-get PORT PATH...: gets each path of https://127.0.0.1:PORT over one connection. */
#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void fail(const char *call)
{
	fprintf(stderr, "%s failed\n", call);
	exit(1);
}

/* Until the chunk of length 0, which ends each answer. */
static void receive(SSL *ssl)
{
	static char buffer[200000];
	int total = 0;

	do {
		int length = SSL_read(ssl, buffer + total, sizeof(buffer) - total);

		if (length <= 0)
			fail("SSL_read");
		total += length;
	} while (total < 5 || memcmp(buffer + total - 5, "0\r\n\r\n", 5) != 0);
	fwrite(buffer, 1, total, stdout);
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	int sock = socket(AF_INET, SOCK_STREAM, 0);
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	SSL *ssl = SSL_new(context);
	char request[500];

	address.sin_port = htons(atoi(argv[1]));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(sock, (struct sockaddr *)&address, sizeof(address)) != 0)
		fail("connect");
	SSL_set_fd(ssl, sock);
	if (SSL_connect(ssl) != 1)
		fail("SSL_connect");
	for (int i = 2; i < argc; i++) {
		int length = snprintf(request, sizeof(request),
				      "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", argv[i]);

		if (SSL_write(ssl, request, length) != length)
			fail("SSL_write");
		receive(ssl);
	}
	SSL_shutdown(ssl);
	SSL_free(ssl);
	SSL_CTX_free(context);
	close(sock);
	return 0;
}
