/*
 * socket-bio PORT: connects to 127.0.0.1:PORT four times, by TLS over BIOs that OpenSSL makes of
 * sockets, in both ways. Prints "ready" and then, until the server ends all of them, each message
 * that one of them reads: its own port and the message.
 */
#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#define CONNECTIONS 4

static void fail(const char *call)
{
	fprintf(stderr, "%s failed\n", call);
	exit(1);
}

static BIO *make_bio(int sock, int number)
{
	BIO *bio;

	if (number % 2 == 0)
		return BIO_new_socket(sock, BIO_CLOSE);
	bio = BIO_new(BIO_s_socket());
	BIO_set_fd(bio, sock, BIO_CLOSE);
	return bio;
}

/* False when the server has ended it. */
static int receive(SSL *ssl)
{
	struct sockaddr_in address;
	socklen_t size = sizeof(address);
	char message[100];
	int length = SSL_read(ssl, message, sizeof(message));

	if (length <= 0)
		return 0;
	getsockname(SSL_get_fd(ssl), (struct sockaddr *)&address, &size);
	printf("%d %.*s\n", ntohs(address.sin_port), length, message);
	fflush(stdout);
	return 1;
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	struct pollfd sockets[CONNECTIONS];
	SSL *sessions[CONNECTIONS];
	int open = CONNECTIONS;

	if (argc != 2)
		return 2;
	address.sin_port = htons(atoi(argv[1]));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	/* Then no ticket is read later, and what is read are messages. */
	SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
	for (int i = 0; i < CONNECTIONS; i++) {
		int sock = socket(AF_INET, SOCK_STREAM, 0);
		BIO *bio = make_bio(sock, i);

		sockets[i] = (struct pollfd){.fd = sock, .events = POLLIN};
		sessions[i] = SSL_new(context);
		if (connect(sock, (struct sockaddr *)&address, sizeof(address)) != 0)
			fail("connect");
		SSL_set_bio(sessions[i], bio, bio);
		if (SSL_connect(sessions[i]) != 1)
			fail("SSL_connect");
	}
	puts("ready");
	fflush(stdout);
	while (open > 0) {
		if (poll(sockets, CONNECTIONS, -1) < 0)
			fail("poll");
		for (int i = 0; i < CONNECTIONS; i++) {
			if (!sockets[i].revents || receive(sessions[i]))
				continue;
			SSL_free(sessions[i]);
			sockets[i].fd = -1;
			open--;
		}
	}
	SSL_CTX_free(context);
	return 0;
}
