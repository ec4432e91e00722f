import type { FormatProblem } from "@deskhand/shared/formats/profile-state";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { useState } from "react";
import { wordsFor } from "@/components/error-words";
import { useTRPCClient } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { type LookedAt, lookAtFile } from "./look-at-file.ts";
import { ownDevice } from "./own-device.ts";
import { useMakeProfiles } from "./use-make-profiles.ts";
import { useMany } from "./use-many.ts";
import { Refused, useTransfer } from "./use-transfer.ts";

/** A file that becomes a profile of this name. */
export type Candidate = {
  key: string;
  file: LookedAt;
  name: string;
  passphrase: string;
  state: { kind: "ready" | "busy" | "done" } | { kind: "failed"; title: string; problems: FormatProblem[] };
};

/** Files that are to become profiles, one after the other. What fails leaves no profile behind, and can be tried again. */
export function useImportMany() {
  const client = useTRPCClient();
  const { id: projectId } = useProject();
  const { importing } = useTransfer();
  const many = useMany();
  const make = useMakeProfiles();
  const [files, setFiles] = useState<Candidate[]>([]);
  const [isBusy, setBusy] = useState(false);
  const change = (key: string, changes: Partial<Candidate>) =>
    setFiles((before) => before.map((each) => (each.key === key ? { ...each, ...changes } : each)));

  async function add(given: readonly File[]) {
    const looked = await Promise.all(given.map(lookAtFile));
    setFiles((before) => [...before, ...looked.map((file) => candidateOf(file))]);
  }

  async function importOne({ key, file, name, passphrase }: Candidate, runner: RunnerView): Promise<boolean> {
    change(key, { state: { kind: "busy" } });
    let made: string | undefined;
    try {
      const wanted = { projectId, runnerId: runner.id, name: name.trim(), device: ownDevice() };
      const [profile] = await make(runner.id, async () => {
        const created = await client.profile.create.mutate(wanted);
        made = created.id;
        return [created];
      });
      if (!profile) return false;
      await importing.mutateAsync({ target: profile, file, mode: "replace", passphrase: needsPassphrase(file) ? passphrase : "" });
      change(key, { state: { kind: "done" } });
      return true;
    } catch (error) {
      const refused = error instanceof Refused;
      const { title, whatToDo } = refused ? { title: error.message, whatToDo: "" } : wordsFor(error);
      change(key, { state: { kind: "failed", title: `${title} ${whatToDo}`.trim(), problems: refused ? error.problems : [] } });
      // nobody wants a profile with nothing in it; its name is free again for the next try
      if (made) await many.remove({ selection: { all: false, ids: new Set([made]) }, filter: {}, deleted: false }).catch(() => {});
      return false;
    }
  }

  return {
    files,
    isBusy,
    add,
    change,
    remove: (key: string) => setFiles((before) => before.filter((each) => each.key !== key)),
    /** @returns how many were imported, and whether that is all */
    async start(runner: RunnerView): Promise<{ done: number; all: boolean }> {
      setBusy(true);
      const waiting = files.filter(({ file, state }) => file.kind !== "refused" && state.kind !== "done");
      let done = 0;
      for (const each of waiting) if (await importOne(each, runner)) done++;
      setBusy(false);
      await many.refresh();
      return { done, all: done === files.filter(({ state }) => state.kind !== "done").length };
    },
  };
}

export function needsPassphrase(file: LookedAt): boolean {
  return file.kind === "bundle" && file.wantsPassphrase;
}

/** May it be imported as it is? */
export function isReady({ file, name, passphrase }: Candidate): boolean {
  return file.kind !== "refused" && name.trim() !== "" && (!needsPassphrase(file) || passphrase !== "");
}

function candidateOf(file: LookedAt): Candidate {
  // the endings that an export gives, then any other
  const name = file.name.replace(/\.(deskhand\.age|storage-state\.json|cookies\.(txt|json))$/i, "").replace(/\.[a-z0-9]{1,5}$/i, "");
  return { key: crypto.randomUUID(), file, name: name.slice(0, 80), passphrase: "", state: { kind: "ready" } };
}
