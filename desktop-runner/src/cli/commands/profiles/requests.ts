import { done } from "@deskhand/shared/schemas/common";
import { profileDetail } from "@deskhand/shared/schemas/profile";
import { type ProfileRequestView, profileRequestList } from "@deskhand/shared/schemas/profile-request";
import { runnerHome } from "../../../identity/home.ts";
import { type Api, createApi } from "../../api.ts";
import type { CommandContext } from "../../command.ts";
import { usageError } from "../../failure.ts";
import { findProfile, findRunner } from "../../lookup.ts";
import { accessFrom } from "../../settings.ts";
import { signOrder } from "../../sign-order.ts";

type OnRunner = { runner?: string };

/** `deskhand profiles requests`: who asks for profiles that are in use. */
export async function listRequests({ env, output }: CommandContext): Promise<number> {
  const { items } = await createApi(accessFrom(env)).get("/profile-requests", profileRequestList);
  for (const request of items) {
    output.tell(
      { type: "request", ...request },
      `${request.id}  ${request.requestedBy} asks for ${request.profileName}  ${request.message}`,
    );
  }
  output.result({ count: items.length }, items.length === 0 ? "Nobody asks for a profile." : undefined);
  return 0;
}

/** `deskhand profiles ask NAME`: whoever uses it has two minutes to answer. */
export async function askForProfile(
  wanted: string,
  { message, ...on }: OnRunner & { message?: string },
  { env, output }: CommandContext,
): Promise<number> {
  const api = createApi(accessFrom(env));
  const { id, name } = await find(api, wanted, on);
  await api.post(`/profiles/${id}/ask`, message === undefined ? {} : { message }, done);
  output.result({ profileId: id, asked: true }, `Whoever uses ${name} was asked, and has two minutes to answer.`);
  return 0;
}

/** `deskhand profiles withdraw NAME` */
export async function withdrawRequest(wanted: string, flags: OnRunner, { env, output }: CommandContext): Promise<number> {
  const api = createApi(accessFrom(env));
  const { id, name } = await find(api, wanted, flags);
  await api.post(`/profiles/${id}/withdraw`, {}, done);
  output.result({ profileId: id, withdrawn: true }, `${name} is asked for no longer.`);
  return 0;
}

/** `deskhand profiles answer NAME grant` or `refuse`; what has it open is closed when it is handed over. */
export async function answerRequest(wanted: string, answer: string, flags: OnRunner, { env, output }: CommandContext): Promise<number> {
  if (answer !== "grant" && answer !== "refuse") throw usageError(`"${answer}" is no answer.`, "It is grant or refuse.");
  const api = createApi(accessFrom(env));
  const { id: profileId, name } = await find(api, wanted, flags);
  const { items } = await api.get("/profile-requests", profileRequestList, { profileId });
  const request = items.find(({ state }) => state === "waiting");
  if (!request) throw usageError(`Nobody asks for ${name}.`, "`deskhand profiles requests` shows who asks for what.");
  const signed = answer === "grant" ? await signClose(api, env, request) : {};
  const body = { answer: answer === "grant" ? "granted" : "refused", ...signed };
  await api.post(`/profile-requests/${request.id}/answer`, body, done);
  output.result(
    { profileId, answer: body.answer },
    answer === "grant" ? `${name} goes to ${request.requestedBy}.` : `${name} stays where it is.`,
  );
  return 0;
}

/** `deskhand profiles take NAME --reason …`: without asking; the reason is kept. */
export async function takeProfile(
  wanted: string,
  { reason, ...on }: OnRunner & { reason?: string },
  { env, output }: CommandContext,
): Promise<number> {
  if (reason === undefined) throw usageError("Say why: it is kept.", "For example: --reason 'Ann is on leave'");
  const api = createApi(accessFrom(env));
  const { id: profileId, name } = await find(api, wanted, on);
  const { holder, runnerId } = await api.get(`/profiles/${profileId}`, profileDetail);
  const signed = await signClose(api, env, { profileId, runnerId, holderKind: holder?.kind ?? "run" });
  await api.post(`/profiles/${profileId}/take`, { reason, ...signed }, done);
  output.result({ profileId, taken: true }, `${name} is taken from whoever used it.`);
  return 0;
}

type Held = Pick<ProfileRequestView, "profileId" | "runnerId" | "holderKind">;

/** Of what has the profile open; a run is cancelled, which nobody signs. */
async function signClose(api: Api, env: CommandContext["env"], { profileId, runnerId, holderKind }: Held) {
  return holderKind === "run" ? {} : signOrder(api, runnerHome(env), runnerId, "profile.close", { profileId });
}

async function find(api: Api, wanted: string, { runner }: OnRunner) {
  return findProfile(api, wanted, runner ? (await findRunner(api, runner)).id : undefined);
}
