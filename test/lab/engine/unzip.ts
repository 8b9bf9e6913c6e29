// Just enough of the zip format for a module of the Go proxy: no encryption, no zip64, method "stored" or "deflate".
import { inflateRawSync } from "node:zlib";

/** One file of an archive. */
export interface ZipEntry {
  name: string;
  data(): Buffer;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const END_SIZE = 22;

/** The files of an archive, by its central directory. */
export function unzip(archive: Buffer): ZipEntry[] {
  let end = archive.length - END_SIZE;
  while (end >= 0 && archive.readUInt32LE(end) !== END) end--;
  if (end < 0) throw new Error("not a zip archive, or one that is cut off");
  const count = archive.readUInt16LE(end + 10);
  const entries: ZipEntry[] = [];
  let at = archive.readUInt32LE(end + 16);
  for (let i = 0; i < count; i++) {
    if (archive.readUInt32LE(at) !== CENTRAL) throw new Error("the zip archive is damaged");
    const method = archive.readUInt16LE(at + 10);
    const size = archive.readUInt32LE(at + 20);
    const nameSize = archive.readUInt16LE(at + 28);
    const rest = archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
    const local = archive.readUInt32LE(at + 42);
    const name = archive.toString("utf8", at + 46, at + 46 + nameSize);
    const data = () => {
      const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
      const raw = archive.subarray(start, start + size);
      return method === 0 ? raw : inflateRawSync(raw);
    };
    if (!name.endsWith("/")) entries.push({ name, data });
    at += 46 + nameSize + rest;
  }
  return entries;
}
