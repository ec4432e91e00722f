import { gzipSync } from "node:zlib";

export type TarEntry = { name: string; content: Buffer; executable?: boolean };

/** A .tgz of small files in the ustar format; the same entries give the same bytes. Names are at most 100 bytes long. */
export function packTar(entries: TarEntry[]): Buffer {
  const blocks = entries.flatMap(({ name, content, executable }) => [
    header(name, content.length, executable ? 0o755 : 0o644),
    content,
    Buffer.alloc((512 - (content.length % 512)) % 512),
  ]);
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]), { level: 9 });
}

function header(name: string, size: number, mode: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw new Error(`The name ${name} is too long for a tar entry.`);
  const block = Buffer.alloc(512);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, "0")}\0`;
  block.write(name, 0);
  block.write(octal(mode, 8), 100);
  block.write(octal(0, 8), 108); // owner
  block.write(octal(0, 8), 116); // group
  block.write(octal(size, 12), 124);
  block.write(octal(499_162_500, 12), 136); // the time npm gives to every file: packages are reproducible
  block.write(" ".repeat(8), 148); // the checksum counts itself as spaces
  block.write("0", 156); // a regular file
  block.write("ustar\0", 257);
  block.write("00", 263);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}
