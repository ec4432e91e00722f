import * as z from "zod";
import { bound, exportFields, importFields, isBound, isSealedOnce, sealedOnce } from "../protocol/tasks.ts";
import { id } from "./common.ts";
import { signedManifest } from "./manifest.ts";

/** `signedManifest`: an `order` manifest over a `profile.import` of these fields. */
export const importProfileInput = z.object({ id, ...importFields, signedManifest: signedManifest.optional() }).refine(isBound, bound);
/** `signedManifest`: an `order` manifest over a `profile.export` of these fields. */
export const exportProfileInput = z
  .object({ id, ...exportFields, signedManifest: signedManifest.optional() })
  .refine(isSealedOnce, sealedOnce);

const endings: Record<z.infer<typeof exportFields.format>, string> = {
  bundle: "deskhand.age",
  "storage-state": "storage-state.json",
  "cookies-txt": "cookies.txt",
  "cookies-json": "cookies.json",
};

/** What a profile's file is called, on every system; names in `taken`, in lower case, are passed over, and the given one is put there. */
export function exportFileName(name: string, format: keyof typeof endings, taken = new Set<string>()): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no system takes them in a file's name
  const base = name.replace(/[/\\:*?"<>|\u0000-\u001f]/gu, "_").replace(/^[. ]+|[. ]+$/gu, "") || "profile";
  for (let n = 1; ; n++) {
    const file = `${base}${n === 1 ? "" : ` (${n})`}.${endings[format]}`;
    if (taken.has(file.toLowerCase())) continue;
    taken.add(file.toLowerCase());
    return file;
  }
}
