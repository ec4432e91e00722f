import type { FormatProblem, StateFormat } from "@deskhand/shared/formats/profile-state";
import { describeRunFailure, isRunFailureCode } from "@deskhand/shared/schemas/run-failure";
import { orderManifest, sha256 } from "@deskhand/shared/signing/make-manifest";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useSigner } from "@/trpc/signing";
import type { LookedAt } from "./look-at-file.ts";
import { newFileKey, newParcelToken, putParcel, sealFile, sealText, takeParcel } from "./parcels.ts";
import type { Seal } from "./seal-fields.tsx";

type Target = { id: string; name: string; projectId: string; runnerId: string };
export type ExportFormat = StateFormat | "bundle";
type Exporting = { target: Target; format: ExportFormat; seal: Seal | null };

/** What the runner said that is wrong with a file. */
export class Refused extends Error {
  readonly problems: FormatProblem[];

  constructor(message: string, problems: FormatProblem[] = []) {
    super(message);
    this.problems = problems;
  }
}

const lookEveryMs = 700;

/** Files into a profile and out of it: sealed in this browser to the runner, or by the runner to this browser. */
export function useTransfer() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const { sign } = useSigner();
  const runnerOf = (target: Pick<Target, "runnerId">) => queryClient.fetchQuery(trpc.runner.get.queryOptions({ id: target.runnerId }));

  async function parcelFor(target: Target) {
    const { token, tokenHash } = await newParcelToken();
    const { id: parcelId } = await client.parcel.create.mutate({ projectId: target.projectId, tokenHash });
    return { parcelId, token };
  }

  /** Waits for the end of a task, for as long as its parcel is kept. */
  async function ended(id: string) {
    for (;;) {
      const task = await client.task.get.query({ id });
      if (task.finishedAt === null) {
        await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
        continue;
      }
      if (task.state === "succeeded") return task.result ?? {};
      const code = isRunFailureCode(task.failureCode) ? task.failureCode : "INTERNAL";
      const { title, whatToDo } = describeRunFailure(code);
      throw new Refused(`${title} ${whatToDo}`, (task.result?.problems as FormatProblem[] | undefined) ?? []);
    }
  }

  const importing = useMutation({
    mutationFn: async ({
      target,
      file,
      mode,
      passphrase,
    }: {
      target: Target;
      file: LookedAt;
      mode: "merge" | "replace";
      passphrase: string;
    }) => {
      const runner = await runnerOf(target);
      const sealed = await sealFile(runner.sealRecipient, file.content);
      const parcel = await parcelFor(target);
      await putParcel(parcel, sealed);
      const word = passphrase === "" ? {} : { passphrase: await sealText(runner.sealRecipient, passphrase) };
      const asked = { ...parcel, sha256: await sha256(sealed), mode, ...word };
      const signedManifest = await sign(runner, () => orderManifest(runner.id, "profile.import", { profileId: target.id, ...asked }));
      const { id } = await client.profile.import.mutate({ id: target.id, ...asked, signedManifest });
      return ended(id);
    },
    onSettled: (_result, _error, { target }) => queryClient.invalidateQueries(trpc.profile.get.queryFilter({ id: target.id })),
  });

  /** Without a seal it is sealed to this page on the way, and lies open then. @throws Refused, what the server says */
  async function exportOne({ target, format, seal }: Exporting): Promise<Uint8Array> {
    const runner = await runnerOf(target);
    const parcel = await parcelFor(target);
    const key = seal ? undefined : await newFileKey();
    const to = seal ? await sealedTo(runner.sealRecipient, seal) : { recipient: key?.recipient };
    const asked = { ...parcel, format, name: target.name, ...to };
    const signedManifest = await sign(runner, () => orderManifest(runner.id, "profile.export", { profileId: target.id, ...asked }));
    const { id } = await client.profile.export.mutate({ id: target.id, ...asked, signedManifest });
    await ended(id);
    const sealed = await takeParcel(parcel);
    return key ? key.open(sealed) : sealed;
  }

  const exporting = useMutation({ mutationFn: exportOne });
  return { importing, exporting, exportOne, runnerOf };
}

async function sealedTo(runner: string, { by, text }: Seal) {
  return by === "recipient" ? { recipient: text.trim() } : { passphrase: await sealText(runner, text) };
}
