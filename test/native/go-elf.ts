/** Where the parts of the file below stand; its one segment is mapped at BASE. */
const BASE = 0x400000;
const CODE = 0x1000;
const TABLE = 0x2000;
const SECTIONS = 0x3000;

export interface GoElf {
  /** PCLnTabMagic of Go's src/internal/abi/symtab.go. */
  magic: number;
  /** Number of <elf.h>. */
  machine?: number;
  /** By the functions' names. */
  code: Record<string, Buffer>;
}

/** struct pcHeader, functab and _func as they were up to Go 1.17: entries are addresses. */
function encodeTable({ magic, code }: GoElf): Buffer {
  const names = Object.keys(code);
  const strings = Buffer.from(`\0${names.join('\0')}\0`);
  const header = Buffer.alloc(64);
  header.writeUInt32LE(magic);
  header.set([1, 8], 6);
  const functions = header.length + strings.length;
  const words = [names.length, 0, header.length, functions, functions, functions, functions];
  for (const [index, word] of words.entries()) header.writeBigUInt64LE(BigInt(word), 8 + index * 8);

  const table = Buffer.alloc((2 * names.length + 1) * 8);
  const structs = Buffer.alloc(names.length * 16);
  let entry = BASE + CODE;
  for (const [index, name] of names.entries()) {
    table.writeBigUInt64LE(BigInt(entry), index * 16);
    table.writeBigUInt64LE(BigInt(table.length + index * 16), index * 16 + 8);
    structs.writeBigUInt64LE(BigInt(entry), index * 16);
    structs.writeInt32LE(strings.indexOf(`\0${name}\0`) + 1, index * 16 + 8);
    entry += (code[name] as Buffer).length;
  }
  table.writeBigUInt64LE(BigInt(entry), names.length * 16);
  return Buffer.concat([header, strings, table, structs]);
}

/** A file as Go 1.17's linker lays it out, since no compiler as old is at hand. */
export function encodeGoElf(program: GoElf): Buffer {
  const table = encodeTable(program);
  const sectionNames = Buffer.from('\0.text\0.gopclntab\0.shstrtab\0');
  const file = Buffer.alloc(SECTIONS + sectionNames.length + 4 * 64);
  const headers = SECTIONS + sectionNames.length;

  file.set(Buffer.from('\x7fELF\x02\x01\x01', 'latin1'));
  file.writeUInt16LE(2, 16); // ET_EXEC
  file.writeUInt16LE(program.machine ?? 62, 18); // EM_X86_64
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(64n, 32);
  file.writeBigUInt64LE(BigInt(headers), 40);
  for (const [index, value] of [64, 56, 1, 64, 4, 3].entries()) {
    file.writeUInt16LE(value, 52 + index * 2);
  }
  const segment = [
    0x5_0000_0001n,
    0n,
    BigInt(BASE),
    BigInt(BASE),
    BigInt(SECTIONS),
    BigInt(SECTIONS),
  ];
  for (const [index, value] of segment.entries()) file.writeBigUInt64LE(value, 64 + index * 8);

  const sections = [
    { name: '.text', type: 1, at: CODE, size: TABLE - CODE },
    { name: '.gopclntab', type: 1, at: TABLE, size: table.length },
    { name: '.shstrtab', type: 3, at: SECTIONS, size: sectionNames.length },
  ];
  for (const [index, { name, type, at, size }] of sections.entries()) {
    const header = headers + (index + 1) * 64;
    file.writeUInt32LE(sectionNames.indexOf(`\0${name}\0`) + 1, header);
    file.writeUInt32LE(type, header + 4);
    for (const [field, value] of [BASE + at, at, size].entries()) {
      file.writeBigUInt64LE(BigInt(value), header + 16 + field * 8);
    }
  }
  file.set(Buffer.concat(Object.values(program.code)), CODE);
  file.set(table, TABLE);
  file.set(sectionNames, SECTIONS);
  return file;
}
