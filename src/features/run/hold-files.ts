import { FILE_PART_BYTES, FILES_MAX_BYTES, type HoldInput } from "@deskhand/shared/protocol/hold";
import { toBase64 } from "@/components/base64";

/** The files in parts that fit a message; null when they are larger than a page is given at once. */
export async function fileInputs(chooserId: string, files: readonly File[]): Promise<HoldInput[] | null> {
  if (files.reduce((sum, { size }) => sum + size, 0) > FILES_MAX_BYTES) return null;
  const inputs: Extract<HoldInput, { t: "file" }>[] = [];
  for (const [index, file] of files.entries()) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    for (let at = 0; at === 0 || at < bytes.length; at += FILE_PART_BYTES) {
      const data = toBase64(bytes.subarray(at, at + FILE_PART_BYTES));
      inputs.push({ t: "file", chooserId, index, name: file.name.slice(0, 255) || "file", type: file.type, data, done: false });
    }
  }
  const last = inputs.at(-1);
  if (last) last.done = true;
  return inputs;
}
