import { isErrorCode } from "@deskhand/shared/error-codes";
import { errorWords } from "@deskhand/shared/error-words";
import type { TaskKind } from "@deskhand/shared/protocol/task-kinds";
import { profileDetail } from "@deskhand/shared/schemas/profile";
import { claimOrders, MOVES_PER_CALL, movesBegun, type ProfileMoveView, profileMoveView } from "@deskhand/shared/schemas/profile-move";
import { describeRunFailure, isRunFailureCode } from "@deskhand/shared/schemas/run-failure";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { orderManifest } from "@deskhand/shared/signing/make-manifest";
import { makeMove } from "@deskhand/shared/signing/make-move";
import { runnerHome } from "../../../identity/home.ts";
import { sealTo } from "../../../identity/identity.ts";
import { type Api, createApi } from "../../api.ts";
import type { CommandContext } from "../../command.ts";
import { usageError } from "../../failure.ts";
import { findProfile, findRunner } from "../../lookup.ts";
import { recipientOf } from "../../recipient-of.ts";
import { accessFrom } from "../../settings.ts";
import { getRunner, signFor } from "../../sign-deployment.ts";
import { slowing } from "../../slowing.ts";

export type MoveFlags = { to?: string; runner?: string; wait?: boolean; claim?: boolean };

/** `deskhand profiles move NAME… --to RUNNER`: each by itself; the exit code is 1 when one of them stayed. */
export async function moveProfiles(wanted: string[], flags: MoveFlags, { env, output }: CommandContext): Promise<number> {
  if (flags.to === undefined) throw usageError("It is not said where they go.", "Name the runner: --to NAME");
  const api = createApi(accessFrom(env));
  const to = await findRunner(api, flags.to);
  const runnerId = flags.runner ? (await findRunner(api, flags.runner)).id : undefined;
  const profiles = [];
  for (const name of wanted) profiles.push(await findProfile(api, name, runnerId));
  const runners = new Map<string, RunnerView>();
  const runnerOf = async (id: string) => {
    const runner = runners.get(id) ?? (await getRunner(api, id));
    runners.set(id, runner);
    return runner;
  };
  const home = runnerHome(env);
  const sign = async (id: string, command: TaskKind, payload: object) =>
    signFor(api, home, await runnerOf(id), () => orderManifest(id, command, payload));
  let failed = 0;
  const moving: { id: string; name: string }[] = [];
  for (const { id } of flags.claim ? profiles : []) {
    const profile = await api.get(`/profiles/${id}`, profileDetail);
    const orders = claimOrders(profile);
    const signedClaim = await sign(to.id, "profile.claim", orders.claim);
    const signedDelete = await sign(profile.runnerId, "profile.delete", orders.delete);
    const { id: moveId } = await api.post(`/profiles/${id}/claim`, { runnerId: to.id, signedClaim, signedDelete }, profileMoveView);
    moving.push({ id: moveId, name: profile.name });
  }
  for (let at = 0; at < profiles.length && !flags.claim; at += MOVES_PER_CALL) {
    const moves = [];
    for (const { id: profileId, runnerId: from } of profiles.slice(at, at + MOVES_PER_CALL)) {
      moves.push(
        await makeMove({
          profileId,
          from: { id: from, sealRecipient: recipientOf(home, await runnerOf(from)) },
          to: { id: to.id, sealRecipient: recipientOf(home, to) },
          seal: sealTo,
          sign,
        }),
      );
    }
    const begun = await api.post("/profiles/many/move", { projectId: to.projectId, runnerId: to.id, moves }, movesBegun);
    for (const { id, name, code } of begun.refused) {
      failed++;
      output.tell({ type: "refused", profileId: id, code }, `${name} stays: ${isErrorCode(code) ? errorWords[code].title : code}`);
    }
    for (const { id, name } of begun.proxiesToEnter) {
      const words = `The password of the proxy ${name} has to be entered again for ${to.name}, which cannot open it.`;
      output.tell({ type: "proxy", proxyId: id, name }, words);
    }
    moving.push(...begun.moves);
  }
  if (flags.wait === false) {
    output.result({ begun: moving.length, failed }, `${moving.length} on their way to ${to.name}.`);
    return failed > 0 ? 1 : 0;
  }
  for (const { id, name } of moving) {
    const { profile, state, failureCode } = await endOf(api, id);
    if (state !== "moved") failed++;
    output.tell(
      { type: "move", moveId: id, profileId: profile.id, state, failureCode },
      `${name} ${moveWords({ state, failureCode }, to.name)}`,
    );
  }
  output.result({ moved: profiles.length - failed, failed }, `${profiles.length - failed} of ${profiles.length} are on ${to.name}.`);
  return failed > 0 ? 1 : 0;
}

async function endOf(api: Api, id: string): Promise<ProfileMoveView> {
  // as long as it takes: the runners end a move, or the server when one of them is lost
  for (const look = slowing(Number.POSITIVE_INFINITY); ; await look.pause()) {
    const move = await api.get(`/profile-moves/${id}`, profileMoveView);
    if (move.finishedAt !== null) return move;
  }
}

function moveWords({ state, failureCode }: Pick<ProfileMoveView, "state" | "failureCode">, to: string): string {
  if (state === "moved") return `is on ${to}.`;
  if (state === "cancelled") return "stays: the move was stopped.";
  return `stays: ${describeRunFailure(isRunFailureCode(failureCode) ? failureCode : "INTERNAL").title}`;
}
