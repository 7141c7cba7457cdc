// SPDX-License-Identifier: MIT
/*
 * SSL_write in one thread, SSL_read in another, over loopback TCP, for some time.
 *
 *     ssl-loop KEY CERT BYTES SECONDS [RATE]
 *
 * BYTES a call, at most RATE calls a second. Prints "calls bytes seconds cpu-seconds" of the
 * writer; the reader has read all of it. On a busy machine the time of its CPUs says more than that
 * of the clock.
 */
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static double cpu_seconds(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_utime.tv_sec + usage.ru_utime.tv_usec / 1e6 + usage.ru_stime.tv_sec +
	       usage.ru_stime.tv_usec / 1e6;
}

struct reader {
	int fd;
	int length;
	SSL_CTX *context;
	unsigned long long bytes;
};

static void *read_all(void *argument)
{
	struct reader *reader = argument;
	char *buffer = malloc(reader->length);
	SSL *ssl = SSL_new(reader->context);
	int result;

	SSL_set_fd(ssl, reader->fd);
	if (SSL_accept(ssl) != 1)
		fail("SSL_accept");
	while ((result = SSL_read(ssl, buffer, reader->length)) > 0)
		reader->bytes += result;
	SSL_free(ssl);
	free(buffer);
	return NULL;
}

static void connect_pair(int *client, int *server)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	*client = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 1) ||
	    getsockname(listener, (struct sockaddr *)&address, &size) ||
	    connect(*client, (struct sockaddr *)&address, size))
		fail("connect");
	*server = accept(listener, NULL, NULL);
	close(listener);
}

int main(int argc, char **argv)
{
	struct reader reader = {0};
	unsigned long long calls = 0;
	pthread_t thread;
	double start, end, cpu, rate;
	char *buffer;
	SSL *ssl;
	int fd;

	if (argc < 5)
		return 2;
	rate = argc > 5 ? atof(argv[5]) : 0;
	reader.length = atoi(argv[3]);
	reader.context = SSL_CTX_new(TLS_server_method());
	if (SSL_CTX_use_PrivateKey_file(reader.context, argv[1], SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_use_certificate_file(reader.context, argv[2], SSL_FILETYPE_PEM) != 1)
		fail("certificate");
	connect_pair(&fd, &reader.fd);
	if (pthread_create(&thread, NULL, read_all, &reader))
		fail("pthread_create");
	ssl = SSL_new(SSL_CTX_new(TLS_client_method()));
	SSL_set_fd(ssl, fd);
	if (SSL_connect(ssl) != 1)
		fail("SSL_connect");
	buffer = malloc(reader.length);
	memset(buffer, 'x', reader.length);
	cpu = cpu_seconds();
	start = now();
	end = start + atof(argv[4]);
	while (now() < end) {
		if (rate && calls > (now() - start) * rate) {
			usleep(200);
			continue;
		}
		/* The clock costs as much as a small call. */
		for (int i = 0; i < (rate ? 1 : 16); i++, calls++) {
			if (SSL_write(ssl, buffer, reader.length) != reader.length)
				fail("SSL_write");
		}
	}
	/* Not closed before all is read: the session tickets that wait here would make it an RST.
	 */
	SSL_shutdown(ssl);
	pthread_join(thread, NULL);
	end = now();
	if (reader.bytes != calls * reader.length)
		fail("SSL_read");
	printf("%llu %llu %.6f %.6f\n", calls, reader.bytes, end - start, cpu_seconds() - cpu);
	return 0;
}
