import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { canonicalJson } from "@deskhand/shared/schemas/canonical-json";
import type { Recording } from "@deskhand/shared/schemas/recording";
import * as z from "zod";
import type { RunServices } from "../workflow/run-services.ts";

/** Places of alternatives by step, both counted from 0. */
const memoryFile = z.record(z.string().regex(/^\d{1,5}$/), z.int().min(0).max(1000));

export type SelectorMemory = NonNullable<RunServices["selectors"]> & {
  /** Writes what is new; runs beside this one may do so as well. */ save(): Promise<void>;
};

/**
 * Which of a step's selectors led to its element last time, for this workflow as it is now (a new version begins anew), on this runner.
 * It only saves time: what cannot be read is nothing.
 */
export function openSelectorMemory(folder: string, recording: Recording): SelectorMemory {
  const file = path.join(folder, `${createHash("sha256").update(canonicalJson(recording)).digest("hex")}.json`);
  const changed = new Map<number, number>();
  let known: Record<string, number> | undefined;
  return {
    recall: (index) => {
      known ??= readMemory(file);
      return changed.get(index) ?? known[index] ?? 0;
    },
    remember: (index, alternative) => void changed.set(index, alternative),
    save: async () => {
      if (changed.size === 0) return;
      // what another run of it has learned meanwhile stays
      const all = { ...readMemory(file), ...Object.fromEntries(changed) };
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const fresh = `${file}.${process.pid}.${Date.now()}`;
      await writeFile(fresh, JSON.stringify(all), { mode: 0o600 });
      await rename(fresh, file);
    },
  };
}

function readMemory(file: string): Record<string, number> {
  try {
    return memoryFile.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return {};
  }
}
