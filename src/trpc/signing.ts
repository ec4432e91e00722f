"use client";

import { type Manifest, registrationText } from "@deskhand/shared/schemas/manifest";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import type { SignerStatus, SigningKeyView } from "@deskhand/shared/schemas/signing-key";
import { signManifest } from "@deskhand/shared/signing/make-manifest";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type BrowserKey, browserKey, browserName, canSign, knownBrowserKey } from "./browser-key.ts";
import { useTRPC, useTRPCClient } from "./client.tsx";

type Signed = Pick<RunnerView, "id" | "projectId" | "signaturesRequired">;

/** Signs what a person asks of a runner with this browser's key. */
export function useSigner() {
  const client = useTRPCClient();

  /** Makes this browser's key known to the project and asks the runner to trust it. `proof` has it approved at once. */
  async function ask(runner: Pick<RunnerView, "id" | "projectId">, prove?: (key: BrowserKey) => Promise<string>): Promise<SigningKeyView> {
    const { key, registered } = await register(runner.projectId);
    const proof = prove && (await prove(key));
    return client.runner.requestSigner.mutate({ id: runner.id, signingKeyId: registered.id, proof });
  }

  async function register(projectId: string) {
    const me = await client.account.me.query();
    const key = await browserKey(me.id);
    const signature = await key.sign(new TextEncoder().encode(registrationText(key.publicKey, projectId)));
    const registered = await client.signingKey.register.mutate({
      projectId,
      publicKey: key.publicKey,
      kind: "browser",
      name: browserName(),
      signature: btoa(String.fromCharCode(...signature)),
    });
    return { key, registered };
  }

  /** The signed manifest, when the runner demands one and this browser can give it: else the server says what is missing. */
  async function sign(runner: Signed, make: () => Manifest | Promise<Manifest>): Promise<string | undefined> {
    if (!runner.signaturesRequired || !canSign()) return undefined;
    const { key, registered } = await register(runner.projectId);
    if (!registered.runners.some(({ runnerId }) => runnerId === runner.id)) await ask(runner);
    return signManifest(key, await make());
  }

  /** Does the runner do what this browser signs? It is asked to trust this browser where it was not asked yet. */
  async function isApproved(runner: Signed): Promise<boolean> {
    if (!runner.signaturesRequired) return true;
    if (!canSign()) return false;
    const { registered } = await register(runner.projectId);
    const statusIn = ({ runners }: SigningKeyView) => runners.find(({ runnerId }) => runnerId === runner.id)?.status;
    return (statusIn(registered) ?? statusIn(await ask(runner))) === "approved";
  }

  return { ask, sign, isApproved };
}

/** What stands between this browser and deploying to a runner that demands signatures. */
export type SignerState = { state: "loading" | "unable" | "unknown" | SignerStatus; fingerprint: string | null };

/** How this browser's key stands with a runner; kept up to date by itself. */
export function useSignerState(runner: Pick<RunnerView, "id" | "projectId"> | undefined): SignerState {
  const trpc = useTRPC();
  const me = useQuery(trpc.account.me.queryOptions());
  const userId = me.data?.id;
  const keys = useQuery(trpc.signingKey.list.queryOptions({ projectId: runner?.projectId }, { enabled: runner !== undefined }));
  const own = useQuery({
    queryKey: ["browser-key", userId, keys.dataUpdatedAt],
    queryFn: async () => (await knownBrowserKey(userId ?? ""))?.keyId ?? null,
    enabled: userId !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    // what was known holds until the new look is done: a button must not go dead for a moment under the pointer
    placeholderData: keepPreviousData,
  });
  if (!canSign()) return { state: "unable", fingerprint: null };
  if (!keys.data || own.data === undefined) return { state: "loading", fingerprint: null };
  const key = keys.data.items.find(({ keyId }) => keyId === own.data);
  if (!key) return { state: "unknown", fingerprint: null };
  const status = key.runners.find(({ runnerId }) => runnerId === runner?.id)?.status;
  return { state: key.revokedAt ? "revoked" : (status ?? "unknown"), fingerprint: key.fingerprint };
}
