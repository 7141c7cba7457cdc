// SPDX-License-Identifier: MIT
/*
 * Two TLS objects in one process that write to each other by every function that OpenSSL has for
 * it, and read likewise.
 *
 *     ssl-callers KEY CERT
 */
#include <openssl/ssl.h>
#include <stdlib.h>

#define TURNS 10

static void expect(int result)
{
	if (result <= 0)
		exit(1);
}

int main(int argc, char **argv)
{
	SSL *server = SSL_new(SSL_CTX_new(TLS_server_method()));
	SSL *client = SSL_new(SSL_CTX_new(TLS_client_method()));
	BIO *server_end, *client_end, *filter;
	char buffer[100];
	size_t length;

	if (argc != 3)
		return 2;
	expect(SSL_use_PrivateKey_file(server, argv[1], SSL_FILETYPE_PEM));
	expect(SSL_use_certificate_file(server, argv[2], SSL_FILETYPE_PEM));
	expect(BIO_new_bio_pair(&server_end, 0, &client_end, 0));
	SSL_set_bio(server, server_end, server_end);
	SSL_set_bio(client, client_end, client_end);
	SSL_set_accept_state(server);
	SSL_set_connect_state(client);
	for (int i = 0; i < TURNS; i++) {
		SSL_do_handshake(client);
		SSL_do_handshake(server);
	}
	expect(SSL_write(client, "plain", 5));
	expect(SSL_read(server, buffer, sizeof(buffer)));
	expect(SSL_write_ex(client, "extended", 8, &length));
	expect(SSL_read_ex(server, buffer, sizeof(buffer), &length));
	filter = BIO_new(BIO_f_ssl());
	BIO_set_ssl(filter, client, BIO_NOCLOSE);
	expect(BIO_write(filter, "filter", 6));
	BIO_set_ssl(filter, server, BIO_NOCLOSE);
	expect(BIO_read(filter, buffer, sizeof(buffer)));
	return 0;
}
