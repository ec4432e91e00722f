import { fileNotKept } from "@deskhand/shared/schemas/append-recorded";
import { UPLOAD_MAX_CHARACTERS } from "@deskhand/shared/schemas/custom-step-parameters";
import { toBase64 } from "@/components/base64";
import { isRecord, type StepJson } from "./document.ts";

export type UploadContent = { from: "content"; name: string; content: string; encoding: "text" | "base64" };

const most = UPLOAD_MAX_CHARACTERS.toLocaleString("en");
const tooLarge = (name: string) =>
  `“${name}” is too large: a step has room for ${most} characters, which is a text of that length or ${mostBytes.toLocaleString("en")} bytes of any other file.`;
/** Three bytes are four characters of base64. */
const mostBytes = (UPLOAD_MAX_CHARACTERS / 4) * 3;

/** What an upload step holds of a file that somebody chose; words where it has no room for it. Texts stay readable. */
export async function uploadContent(file: File): Promise<UploadContent | { trouble: string }> {
  const name = file.name.slice(0, 200) || "file";
  // no character of a text has more than four bytes
  if (file.size > UPLOAD_MAX_CHARACTERS * 4) return { trouble: tooLarge(name) };
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    return { trouble: `“${name}” could not be read. Choose it again.` };
  }
  const text = readText(bytes);
  if (text !== undefined && text.length <= UPLOAD_MAX_CHARACTERS) return { from: "content", name, content: text, encoding: "text" };
  if (bytes.length > mostBytes) return { trouble: tooLarge(name) };
  return { from: "content", name, content: toBase64(bytes), encoding: "base64" };
}

/** A step whose file was chosen, without the recorder's word that it has to be. */
export function withoutFileNote(step: StepJson): StepJson {
  const { deskhand, parameters } = step;
  const file = parameters?.file;
  const isChosen = isRecord(file) && (file.from !== "content" || file.content !== "");
  if (!isChosen || !isRecord(deskhand) || deskhand.note !== fileNotKept) return step;
  const { note: _, ...settings } = deskhand;
  const { deskhand: _before, ...rest } = step;
  return Object.keys(settings).length > 0 ? { ...rest, deskhand: settings } : rest;
}

/** Undefined for what would not come out again as it was: bytes that are no text, and braces that a run would read as a value. */
function readText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes("\0") || text.includes("{{") ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Bytes that a step's content is when it is uploaded; null for text, whose values are not known yet, and for nothing. */
export function bytesOfContent(file: Readonly<Record<string, unknown>>): number | null {
  if (file.encoding !== "base64" || typeof file.content !== "string" || file.content === "") return null;
  const { length } = file.content.replace(/[=\s]+/g, "");
  return Math.floor((length * 3) / 4);
}

/** More base64 than anybody reads or writes by hand. */
export function isUnreadable(file: Readonly<Record<string, unknown>>): boolean {
  return file.encoding === "base64" && typeof file.content === "string" && file.content.length > 1_000;
}
