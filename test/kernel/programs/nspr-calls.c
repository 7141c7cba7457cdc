/*
 * nspr-calls PORT BYTES FILE
 *
 * Asks https://127.0.0.1:PORT by NSS, each request by another function of NSPR, the body of the
 * last one from FILE by PR_TransmitFile. Between the requests it writes and reads files, pipes and
 * a descriptor with a layer of its own by the same functions. All that is not TLS holds the word
 * "untold". Prints the answers' bytes.
 */
#include <nspr.h>
#include <nss.h>
#include <pk11func.h>
#include <private/pprio.h>
#include <ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOREVER PR_INTERVAL_NO_TIMEOUT

static char buffer[300000];

static void fail(const char *call)
{
	fprintf(stderr, "%s: error %d\n", call, PR_GetError());
	exit(1);
}

static SECStatus take_any(void *unused, PRFileDesc *fd, PRBool check, PRBool is_server)
{
	(void)unused, (void)fd, (void)check, (void)is_server;
	return SECSuccess;
}

static PRFileDesc *connect_to(int port)
{
	PRFileDesc *fd = PR_OpenTCPSocket(PR_AF_INET);
	PRNetAddr address;

	PR_InitializeNetAddr(PR_IpAddrLoopback, port, &address);
	fd = SSL_ImportFD(NULL, fd);
	if (!fd)
		fail("SSL_ImportFD");
	SSL_AuthCertificateHook(fd, take_any, NULL);
	SSL_SetURL(fd, "localhost");
	if (PR_Connect(fd, &address, FOREVER) != PR_SUCCESS)
		fail("PR_Connect");
	return fd;
}

/* Reads an answer of `length` bytes of body, by another function each second time. */
static void receive(PRFileDesc *fd, int length)
{
	int total = 0;
	char *body;

	do {
		int more = total % 2 ? PR_Read(fd, buffer + total, sizeof(buffer) - total)
				     : PR_Recv(fd, buffer + total, sizeof(buffer) - total, 0,
					       FOREVER);

		if (more <= 0)
			fail("PR_Read");
		total += more;
		buffer[total] = 0;
		body = strstr(buffer, "\r\n\r\n");
	} while (!body || total - (body + 4 - buffer) < length);
	fwrite(buffer, 1, total, stdout);
}

static const char *head(const char *path, long length)
{
	static char text[300];

	sprintf(text, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %ld\r\n\r\n", path,
		length);
	return text;
}

static void expect(int moved, int length, const char *call)
{
	if (moved != length)
		fail(call);
}

static void use_files(const char *path)
{
	static char untold[] = "untold untold untold";
	PRFileDesc *file = PR_Open(path, PR_RDWR | PR_CREATE_FILE, 0600);
	PRFileDesc *in, *out;

	if (!file || PR_CreatePipe(&in, &out) != PR_SUCCESS)
		fail("PR_CreatePipe");
	expect(PR_Write(file, untold, 20), 20, "PR_Write to a file");
	PR_Seek(file, 0, PR_SEEK_SET);
	expect(PR_Read(file, buffer, 20), 20, "PR_Read of a file");
	expect(PR_Write(out, untold, 20), 20, "PR_Write to a pipe");
	expect(PR_Read(in, buffer, 20), 20, "PR_Read of a pipe");
	PR_Close(file);
	PR_Close(in);
	PR_Close(out);
}

/* A layer that is not TLS, over one end of a pair of sockets, whose secret is like that of TLS. */
static void use_layer(void)
{
	PRIOVec pieces[] = {{"untold ", 7}, {"untold", 6}};
	static PRIOMethods methods;
	PRFileDesc *ends[2];
	PRFileDesc *layer;
	PRFileDesc **secret = malloc(sizeof(*secret));

	if (PR_NewTCPSocketPair(ends) != PR_SUCCESS)
		fail("PR_NewTCPSocketPair");
	methods = *PR_GetDefaultIOMethods();
	layer = PR_CreateIOLayerStub(PR_GetUniqueIdentity("mine"), &methods);
	*secret = ends[0];
	layer->secret = (PRFilePrivate *)secret;
	if (PR_PushIOLayer(ends[0], PR_TOP_IO_LAYER, layer) != PR_SUCCESS)
		fail("PR_PushIOLayer");
	expect(PR_Write(ends[0], "untold", 6), 6, "PR_Write to a layer");
	expect(PR_Recv(ends[1], buffer, 6, 0, FOREVER), 6, "PR_Recv of a socket");
	expect(PR_Send(ends[1], "untold", 6, 0, FOREVER), 6, "PR_Send to a socket");
	expect(PR_Writev(ends[1], pieces, 2, FOREVER), 13, "PR_Writev to a socket");
	expect(PR_Recv(ends[0], buffer, 19, 0, FOREVER), 19, "PR_Recv of a layer");
	PR_Close(ends[1]);
}

/* A layer over that of TLS: what it is given is what the program says. */
static PRFileDesc *cover(PRFileDesc *fd)
{
	static PRIOMethods methods;
	PRFileDesc *layer;

	methods = *PR_GetDefaultIOMethods();
	layer = PR_CreateIOLayerStub(PR_GetUniqueIdentity("over"), &methods);
	if (PR_PushIOLayer(fd, PR_TOP_IO_LAYER, layer) != PR_SUCCESS)
		fail("PR_PushIOLayer over TLS");
	return fd;
}

int main(int argc, char **argv)
{
	int length = atoi(argv[2]);
	char *body = malloc(length);
	PRIOVec pieces[16];
	PRFileDesc *file;
	PRFileDesc *fd;
	const char *text;
	int done = 0;

	(void)argc;
	for (int i = 0; i < length; i++)
		body[i] = 'a' + (i * 2654435761u >> 13) % 26;
	if (NSS_NoDB_Init(NULL) != SECSuccess)
		fail("NSS_NoDB_Init");
	fd = connect_to(atoi(argv[1]));
	use_files(argv[3]);
	use_layer();

	text = head("/write?bytes=5000", length);
	expect(PR_Write(fd, text, strlen(text)), strlen(text), "PR_Write");
	expect(PR_Write(fd, body, length), length, "PR_Write");
	/* Comes again with the read. */
	if (PR_Recv(fd, buffer, 100, PR_MSG_PEEK, FOREVER) <= 0)
		fail("PR_Recv");
	receive(fd, 5000);

	text = head("/send", length);
	expect(PR_Send(fd, text, strlen(text), 0, FOREVER), strlen(text), "PR_Send");
	expect(PR_Send(fd, body, length, 0, FOREVER), length, "PR_Send");
	receive(fd, 100);

	/* Empty ones and one that is larger than a chunk among them. */
	text = head("/writev", length);
	pieces[0].iov_base = (char *)text;
	pieces[0].iov_len = strlen(text);
	for (int i = 1; i < 16; i++) {
		pieces[i].iov_base = body + done;
		pieces[i].iov_len = i == 15  ? length - done
				    : i == 7 ? length / 2
				    : i == 3 ? 0
					     : i * 17;
		done += pieces[i].iov_len;
	}
	expect(PR_Writev(fd, pieces, 16, FOREVER), strlen(text) + length, "PR_Writev");
	receive(fd, 100);

	file = PR_Open(argv[3], PR_RDWR | PR_CREATE_FILE | PR_TRUNCATE, 0600);
	if (!file || PR_Write(file, body, length) != length)
		fail("PR_Open");
	PR_Seek(file, 0, PR_SEEK_SET);
	text = head("/transmit", length);
	expect(PR_TransmitFile(fd, file, text, strlen(text), PR_TRANSMITFILE_KEEP_OPEN, FOREVER),
	       strlen(text) + length, "PR_TransmitFile");
	receive(fd, 100);
	PR_Close(file);

	fd = cover(fd);
	text = head("/covered", 5);
	expect(PR_Write(fd, text, strlen(text)), strlen(text), "PR_Write over TLS");
	expect(PR_Write(fd, "12345", 5), 5, "PR_Write over TLS");
	receive(fd, 100);
	PR_Close(fd);
	NSS_Shutdown();
	free(body);
	return 0;
}
