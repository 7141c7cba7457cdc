/*
 * sendfile-calls PORT FILE
 *
 * Posts a file to 127.0.0.1:PORT by SSL_sendfile, and asks once more by SSL_write. These functions
 * stand for those of a library with kTLS, where they are system calls on a socket that encrypts:
 * Debian's libraries are built without. Here the socket does not encrypt either.
 */
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
	int sock;
} SSL;

#define LIKE_A_LIBRARY __attribute__((noinline, noipa))

LIKE_A_LIBRARY int SSL_read(SSL *ssl, void *buffer, int length)
{
	return read(ssl->sock, buffer, length);
}

LIKE_A_LIBRARY int SSL_write(SSL *ssl, const void *buffer, int length)
{
	return write(ssl->sock, buffer, length);
}

LIKE_A_LIBRARY ssize_t SSL_sendfile(SSL *ssl, int fd, off_t offset, size_t size, int flags)
{
	(void)flags;
	return sendfile(ssl->sock, fd, &offset, size);
}

static void ask(SSL *ssl, const char *method, const char *path, long length)
{
	char head[300];
	int bytes = sprintf(head, "%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %ld\r\n\r\n",
			    method, path, length);

	if (SSL_write(ssl, head, bytes) != bytes)
		err(1, "SSL_write");
}

static void receive(SSL *ssl)
{
	char buffer[1000];
	int length = SSL_read(ssl, buffer, sizeof(buffer));

	if (length < 10 || memcmp(buffer + length - 4, "done", 4) != 0)
		errx(1, "no answer");
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	SSL ssl = {socket(AF_INET, SOCK_STREAM, 0)};
	int file = open(argv[2], O_RDONLY);
	struct stat status;
	off_t done = 0;

	(void)argc;
	address.sin_port = htons(atoi(argv[1]));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(ssl.sock, (struct sockaddr *)&address, sizeof(address)) != 0)
		err(1, "connect");
	if (file < 0 || fstat(file, &status) != 0)
		err(1, "%s", argv[2]);
	ask(&ssl, "POST", "/file", status.st_size);
	while (done < status.st_size) {
		ssize_t sent = SSL_sendfile(&ssl, file, done, status.st_size - done, 0);

		if (sent <= 0)
			err(1, "SSL_sendfile");
		done += sent;
	}
	if (SSL_sendfile(&ssl, -1, 0, 10, 0) != -1)
		errx(1, "SSL_sendfile of no file");
	receive(&ssl);
	ask(&ssl, "GET", "/after", 0);
	receive(&ssl);
	return 0;
}
