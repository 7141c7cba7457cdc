/* tls_client PORT PATH: one HTTPS request to 127.0.0.1 as soon as a program can make it, one answer. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	int sock = socket(AF_INET, SOCK_STREAM, 0);
	SSL *ssl = SSL_new(SSL_CTX_new(TLS_client_method()));
	char text[4096];
	int length;

	if (argc != 3)
		return 2;
	address.sin_port = htons(atoi(argv[1]));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(sock, (struct sockaddr *)&address, sizeof(address)) != 0)
		return 3;
	SSL_set_fd(ssl, sock);
	if (SSL_connect(ssl) != 1)
		return 4;
	length = snprintf(text, sizeof(text),
			  "GET %s HTTP/1.1\r\nHost: localhost:%s\r\nConnection: close\r\n\r\n", argv[2],
			  argv[1]);
	if (SSL_write(ssl, text, length) != length)
		return 5;
	while (SSL_read(ssl, text, sizeof(text)) > 0)
		;
	return 0;
}
