// SPDX-License-Identifier: MIT
/*
 * Attaches an empty uprobe and uretprobe to instructions of a file, until stdin ends.
 *
 *     floor OBJECT FILE OFFSET...
 *
 * Prints "attached" when they are.
 */
#include <bpf/libbpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void attach(struct bpf_object *object, const char *name, const char *path, size_t offset)
{
	LIBBPF_OPTS(bpf_uprobe_opts, options, .retprobe = name[0] == 'a');
	struct bpf_program *program = bpf_object__find_program_by_name(object, name);

	if (!bpf_program__attach_uprobe_opts(program, -1, path, offset, &options)) {
		perror("attach");
		exit(1);
	}
}

int main(int argc, char **argv)
{
	struct bpf_object *object;
	char byte;

	if (argc < 4)
		return 2;
	object = bpf_object__open_file(argv[1], NULL);
	if (!object || bpf_object__load(object)) {
		perror("load");
		return 1;
	}
	for (int i = 3; i < argc; i++) {
		attach(object, "entry", argv[2], strtoul(argv[i], NULL, 0));
		attach(object, "at_return", argv[2], strtoul(argv[i], NULL, 0));
	}
	puts("attached");
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	return 0;
}
