/*
 * gnutls-calls PORT WAY BYTES
 *
 * Posts a body of BYTES to https://127.0.0.1:PORT/WAY by one of GnuTLS's ways to send, and reads
 * the answer by gnutls_record_recv_seq, or as packets. Prints how often a send returned GNUTLS_E_AGAIN.
 */
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PIECE 40000

static gnutls_session_t session;
static int sock;
static long again;

static ssize_t check(ssize_t result, const char *call)
{
	if (result < 0)
		errx(1, "%s: %s", call, gnutls_strerror(result));
	return result;
}

static void connect_to(int port, int sends_little)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
	int bytes = 4096;

	sock = socket(AF_INET, SOCK_STREAM, 0);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (sends_little)
		setsockopt(sock, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
	if (connect(sock, (struct sockaddr *)&address, sizeof(address)) != 0)
		err(1, "connect");
}

static void wait_for(short events)
{
	struct pollfd each = {.fd = sock, .events = events};

	if (poll(&each, 1, 20000) != 1)
		errx(1, "nothing happens");
}

static void send_blocking(const char *data, size_t length)
{
	while (length > 0) {
		ssize_t sent = check(gnutls_record_send(session, data, length), "send");

		data += sent;
		length -= sent;
	}
}

static void send_padded(const char *data, size_t length)
{
	while (length > 0) {
		ssize_t sent = check(gnutls_record_send2(session, data, length, 16, 0), "send2");

		data += sent;
		length -= sent;
	}
}

static void send_range(const char *data, size_t length)
{
	gnutls_range_st range = {.low = length, .high = length + 64};

	if (check(gnutls_record_send_range(session, data, length, &range), "send_range") !=
	    (ssize_t)length)
		errx(1, "send_range sent less");
}

static void fill_cork(const char *data, size_t length)
{
	gnutls_record_cork(session);
	send_blocking(data, length / 3);
	send_blocking(data + length / 3, length - length / 3);
}

static void send_corked(const char *data, size_t length)
{
	fill_cork(data, length);
	if (check(gnutls_record_uncork(session, GNUTLS_RECORD_WAIT), "uncork") != (ssize_t)length)
		errx(1, "uncork sent less");
}

static void uncork_piecemeal(const char *data, size_t length)
{
	int sent;

	fill_cork(data, length);
	while ((sent = gnutls_record_uncork(session, 0)) == GNUTLS_E_AGAIN) {
		again++;
		wait_for(POLLOUT);
	}
	check(sent, "uncork");
}

/* A send that is to be resumed: what the program gave may be gone by then. */
static void send_resumed(const char *data, size_t length, int with_same)
{
	char *copy = malloc(length);

	memcpy(copy, data, length);
	for (size_t done = 0; done < length;) {
		ssize_t sent = gnutls_record_send(session, copy + done, length - done);

		while (sent == GNUTLS_E_AGAIN) {
			again++;
			if (!with_same)
				memset(copy, '!', length);
			wait_for(POLLOUT);
			sent = with_same ? gnutls_record_send(session, copy + done, length - done)
					 : gnutls_record_send(session, NULL, 0);
		}
		done += check(sent, "send");
		memcpy(copy, data, length);
	}
	free(copy);
}

static void send_file(const char *data, size_t length)
{
	FILE *file = tmpfile();

	if (!file || fwrite(data, 1, length, file) != length || fflush(file) != 0)
		err(1, "tmpfile");
	rewind(file);
	if (check(gnutls_record_send_file(session, fileno(file), NULL, length), "send_file") !=
	    (ssize_t)length)
		errx(1, "send_file sent less");
	fclose(file);
}

static void send_file_piecemeal(const char *data, size_t length)
{
	FILE *file = tmpfile();
	off_t offset = 0;

	if (!file || fwrite(data, 1, length, file) != length || fflush(file) != 0)
		err(1, "tmpfile");
	rewind(file);
	while (offset < (off_t)length) {
		ssize_t sent = gnutls_record_send_file(session, fileno(file), &offset,
						       length - offset);

		if (sent == GNUTLS_E_AGAIN) {
			again++;
			wait_for(POLLOUT);
		} else {
			check(sent, "send_file");
		}
	}
	fclose(file);
}

static void send_piece(const char *way, const char *data, size_t length)
{
	if (!strcmp(way, "send2"))
		send_padded(data, length);
	else if (!strcmp(way, "range"))
		send_range(data, length);
	else if (!strcmp(way, "cork"))
		send_corked(data, length);
	else if (!strcmp(way, "uncork-piecemeal"))
		uncork_piecemeal(data, length);
	else if (!strcmp(way, "resume-same"))
		send_resumed(data, length, 1);
	else if (!strcmp(way, "resume-empty") || !strcmp(way, "resume-short"))
		send_resumed(data, length, 0);
	else if (!strcmp(way, "file-piecemeal"))
		send_file_piecemeal(data, length);
	else if (!strcmp(way, "file"))
		send_file(data, length);
	else
		send_blocking(data, length);
}

static ssize_t push(gnutls_transport_ptr_t unused, const void *data, size_t length)
{
	(void)unused;
	return send(sock, data, length, MSG_NOSIGNAL);
}

static ssize_t pull(gnutls_transport_ptr_t unused, void *data, size_t length)
{
	(void)unused;
	return recv(sock, data, length, 0);
}

static void give_transport(const char *way)
{
	static int not_a_descriptor;

	if (!strcmp(way, "push")) {
		gnutls_transport_set_ptr(session, &not_a_descriptor);
		gnutls_transport_set_push_function(session, push);
		gnutls_transport_set_pull_function(session, pull);
		gnutls_transport_set_pull_timeout_function(session,
							   gnutls_system_recv_timeout);
	} else if (!strcmp(way, "pointer")) {
		gnutls_transport_set_ptr(session, (gnutls_transport_ptr_t)(long)sock);
	} else {
		gnutls_transport_set_int(session, sock);
	}
}

static ssize_t receive_some(const char *way)
{
	unsigned char sequence[8];
	gnutls_packet_t packet;
	char buffer[5000];
	ssize_t length;

	if (strcmp(way, "packet") != 0)
		return gnutls_record_recv_seq(session, buffer, sizeof(buffer), sequence);
	length = gnutls_record_recv_packet(session, &packet);
	if (length > 0)
		gnutls_packet_deinit(packet);
	return length;
}

static size_t receive(const char *way)
{
	size_t total = 0;

	for (;;) {
		ssize_t length = receive_some(way);

		if (length == GNUTLS_E_AGAIN || length == GNUTLS_E_INTERRUPTED) {
			wait_for(POLLIN);
			continue;
		}
		if (length == 0 || length == GNUTLS_E_PREMATURE_TERMINATION)
			return total;
		total += check(length, "recv_seq");
	}
}

int main(int argc, char **argv)
{
	const char *way = argv[2];
	size_t length = strtoul(argv[3], NULL, 10);
	int is_patient = !strstr(way, "resume") && !strstr(way, "piecemeal");
	gnutls_certificate_credentials_t credentials;
	char *body = malloc(length);
	char head[300];

	(void)argc;
	for (size_t i = 0; i < length; i++)
		body[i] = 'a' + (i * 2654435761u >> 13) % 26;
	connect_to(atoi(argv[1]), !is_patient);
	gnutls_certificate_allocate_credentials(&credentials);
	gnutls_init(&session, GNUTLS_CLIENT);
	gnutls_set_default_priority(session);
	gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials);
	give_transport(way);
	check(gnutls_handshake(session), "handshake");
	if (!strcmp(way, "resume-short"))
		check(gnutls_record_set_max_size(session, 2048), "set_max_size");
	if (!is_patient)
		fcntl(sock, F_SETFL, O_NONBLOCK);

	sprintf(head,
		"POST /%s?bytes=30000 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
		"Content-Length: %zu\r\n\r\n",
		way, length);
	send_blocking(head, strlen(head));
	for (size_t done = 0; done < length; done += PIECE)
		send_piece(way, body + done, length - done < PIECE ? length - done : PIECE);
	if (receive(way) < 30000)
		errx(1, "no whole answer");
	printf("again %ld\n", again);
	gnutls_deinit(session);
	gnutls_certificate_free_credentials(credentials);
	close(sock);
	free(body);
	return 0;
}
