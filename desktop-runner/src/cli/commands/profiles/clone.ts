import { randomUUID } from "node:crypto";
import { choicesOf, identity, withChoicesOf } from "@deskhand/shared/schemas/identity";
import { profileDetail } from "@deskhand/shared/schemas/profile";
import { madeProfiles, PROFILES_AT_ONCE } from "@deskhand/shared/schemas/profile-bulk";
import { runnerHome } from "../../../identity/home.ts";
import { type Api, createApi } from "../../api.ts";
import type { CommandContext } from "../../command.ts";
import { usageError } from "../../failure.ts";
import { findProfile, findRunner } from "../../lookup.ts";
import { accessFrom } from "../../settings.ts";
import { getRunner } from "../../sign-deployment.ts";
import { signOrder } from "../../sign-order.ts";

export type CloneFlags = { runner?: string; count?: string; keepIdentity?: boolean };
type Made = { id: string; name: string };

/** `deskhand profiles clone NAME`: copies with all that was saved, each a device of its own unless they are to keep the one they have. */
export async function cloneProfile(wanted: string, flags: CloneFlags, { env, output }: CommandContext): Promise<number> {
  const count = Number(flags.count ?? 1);
  if (!Number.isInteger(count) || count < 1 || count > PROFILES_AT_ONCE)
    throw usageError(`--count must be a whole number from 1 to ${PROFILES_AT_ONCE}.`, "For example: --count 10");
  const api = createApi(accessFrom(env));
  const { id: from, runnerId } = await findProfile(api, wanted, flags.runner ? (await findRunner(api, flags.runner)).id : undefined);
  const keepIdentity = flags.keepIdentity ?? false;
  const made: Made[] = [];
  const { projectId, signaturesRequired } = await getRunner(api, runnerId);
  if (!signaturesRequired) {
    const copies = Array.from({ length: count }, () => ({ from }));
    made.push(...(await api.post("/profiles/many/clone", { projectId, copies, keepIdentity }, madeProfiles)).items);
  }
  // what is signed names the copy and its device
  while (made.length < count) {
    const copy = { id: randomUUID(), ...(keepIdentity ? {} : await deviceFor(api, { from, runnerId })) };
    const payload = { profileId: from, copies: [copy.id], ...("identity" in copy && { identities: [copy.identity] }) };
    const signed = await signOrder(api, runnerHome(env), runnerId, "profile.clone", payload);
    const body = { projectId, copies: [{ from, ...copy }], keepIdentity, ...signed };
    made.push(...(await api.post("/profiles/many/clone", body, madeProfiles)).items);
  }
  for (const { id, name } of made) output.tell({ type: "copy", profileId: id, name }, `Made: ${name}`);
  output.result({ profileIds: made.map(({ id }) => id), keepIdentity }, `${made.length === 1 ? "1 copy" : `${made.length} copies`} made.`);
  return 0;
}

/** Another device than the profile's, with what somebody chose of it; none for a profile that shows itself as it is. */
async function deviceFor(api: Api, { from, runnerId }: { from: string; runnerId: string }) {
  const original = (await api.get(`/profiles/${from}`, profileDetail)).settings.identity;
  if (!original) return {};
  const fresh = await api.post("/profiles/suggest-identity", { runnerId, device: choicesOf(original) }, identity);
  return { identity: withChoicesOf(original, fresh) };
}
