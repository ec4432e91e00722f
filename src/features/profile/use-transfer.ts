import type { FormatProblem, StateFormat } from "@deskhand/shared/formats/profile-state";
import { describeRunFailure, isRunFailureCode } from "@deskhand/shared/schemas/run-failure";
import { orderManifest, sha256 } from "@deskhand/shared/signing/make-manifest";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useSigner } from "@/trpc/signing";
import type { LookedAt } from "./look-at-file.ts";
import { newFileKey, newParcelToken, putParcel, sealFile, sealText, takeParcel } from "./parcels.ts";

type Target = { id: string; name: string; projectId: string; runnerId: string };
export type ExportFormat = StateFormat | "bundle";

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
  const runnerOf = (target: Target) => queryClient.fetchQuery(trpc.runner.get.queryOptions({ id: target.runnerId }));

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

  const exporting = useMutation({
    mutationFn: async ({
      target,
      format,
      passphrase,
    }: {
      target: Target;
      format: ExportFormat;
      passphrase: string;
    }): Promise<Uint8Array> => {
      const runner = await runnerOf(target);
      const parcel = await parcelFor(target);
      const key = passphrase === "" ? await newFileKey() : undefined;
      const to = key ? { recipient: key.recipient } : { passphrase: await sealText(runner.sealRecipient, passphrase) };
      const asked = { ...parcel, format, name: target.name, ...to };
      const signedManifest = await sign(runner, () => orderManifest(runner.id, "profile.export", { profileId: target.id, ...asked }));
      const { id } = await client.profile.export.mutate({ id: target.id, ...asked, signedManifest });
      await ended(id);
      const sealed = await takeParcel(parcel);
      return key ? key.open(sealed) : sealed;
    },
  });
  return { importing, exporting };
}
