import { chunks } from "@deskhand/shared/chunks";
import { PROFILES_PER_TASK } from "@deskhand/shared/protocol/tasks";
import { choicesOf, type Identity, withChoicesOf } from "@deskhand/shared/schemas/identity";
import {
  type BulkResult,
  DELETED_KEPT_MS,
  PROFILES_AT_ONCE,
  type ProfileTarget,
  type RefusedProfile,
} from "@deskhand/shared/schemas/profile-bulk";
import type { ProfileFilter } from "@deskhand/shared/schemas/profile-filter";
import type { ProfileEngine, ProfileSettings } from "@deskhand/shared/schemas/profile-settings";
import { needsConversion } from "@deskhand/shared/schemas/what-stays-behind";
import type { Configured } from "@deskhand/shared/signing/configure-made";
import { configureMost } from "@deskhand/shared/signing/configure-most";
import { orderManifest } from "@deskhand/shared/signing/make-manifest";
import { useQueryClient } from "@tanstack/react-query";
import { wordsFor } from "@/components/error-words";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { useSigner } from "@/trpc/signing";
import { endOfTask } from "@/trpc/wait-for-task";
import { WordedError } from "@/trpc/worded-error";
import type { Selection } from "./selection.ts";
import { convertMs } from "./use-order.ts";

export type Chosen = { selection: Selection; filter: ProfileFilter; deleted: boolean };
export type ManyChanges = { addTags?: string[]; removeTags?: string[]; groupId?: string | null; notes?: string };

/** Profiles whose folders are brought over together: a runner opens a browser for each. */
const convertedAtOnce = 4;

/** Does things to many profiles, in as many calls as it takes, signed where their runner demands it. */
export function useMany() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const { id: projectId } = useProject();
  const { sign } = useSigner();

  /** All that are chosen and there, with what signing needs; and those that are not there any more, where they are not an error. */
  async function find({ selection, filter, deleted }: Chosen, { tellGone = false } = {}) {
    const targets: ProfileTarget[] = [];
    const gone: RefusedProfile[] = [];
    if (!selection.all) {
      for (const ids of chunks([...selection.ids], PROFILES_AT_ONCE)) {
        const found = await client.profiles.targets.mutate({ projectId, ids, deleted, tellGone });
        targets.push(...found.items);
        gone.push(...found.gone);
      }
      return { targets, gone };
    }
    for (let after: string | undefined; ; ) {
      const { items, next } = await client.profiles.targets.mutate({ projectId, filter, deleted, after });
      targets.push(...items.filter(({ id }) => !selection.ids.has(id)));
      if (next === null) return { targets, gone };
      after = next;
    }
  }
  const targetsOf = async (chosen: Chosen) => (await find(chosen)).targets;

  const runnerOf = (id: string) => queryClient.fetchQuery({ ...trpc.runner.get.queryOptions({ id }), staleTime: 10_000 });
  type Runner = Awaited<ReturnType<typeof runnerOf>>;

  /** Calls `work` for as many profiles of one runner as may be named at once: 100 where it is signed. */
  async function eachRunner<T extends { runnerId: string }>(targets: T[], work: (runner: Runner, some: T[]) => Promise<BulkResult>) {
    const sum: BulkResult = { done: 0, refused: [] };
    for (const [runnerId, own] of Map.groupBy(targets, (target) => target.runnerId)) {
      const runner = await runnerOf(runnerId);
      for (const some of chunks(own, runner.signaturesRequired ? PROFILES_PER_TASK : PROFILES_AT_ONCE)) {
        const { done, refused } = await work(runner, some);
        sum.done += done;
        sum.refused.push(...refused);
      }
    }
    return sum;
  }

  /** What keeps one runner's profiles from it keeps no others: `problem` is the first such error. */
  async function configure(targets: ProfileTarget[], changes: Partial<ProfileSettings>): Promise<BulkResult & { problem?: unknown }> {
    let problem: unknown;
    const result = await eachRunner(targets, async (runner, own) => {
      const send = async (profiles: Configured[]) => {
        const signedManifest = await sign(runner, () => orderManifest(runner.id, "profile.configure", { profiles }));
        await client.profile.configure.mutate({ projectId, runnerId: runner.id, profiles, signedManifest });
      };
      const refused: RefusedProfile[] = [];
      for (const some of chunks(own, PROFILES_PER_TASK)) {
        const profiles = some.map(({ id, revision, settings }) => ({
          profileId: id,
          revision: revision + 1,
          settings: { ...settings, ...changes },
        }));
        try {
          refused.push(...(await configureMost(profiles, send, (error) => wordsFor(error).details)));
        } catch (error) {
          const { code } = wordsFor(error);
          if (code === null) throw error;
          problem ??= error;
          refused.push(...some.map(({ id, name }) => ({ id, name, code })));
        }
      }
      return { done: own.length - refused.length, refused };
    });
    return { ...result, problem };
  }

  /** @throws what kept all of them from it, when nothing was done */
  function outcomeOf({ done, refused, problem }: BulkResult & { problem?: unknown }): BulkResult {
    if (done === 0 && problem !== undefined) throw problem;
    return { done, refused };
  }

  /** A runner that did not answer is not asked again. @returns why what its folder holds could not be brought over; null when it was, or had not to be */
  async function convert({ id, runnerId, settings }: ProfileTarget, to: ProfileEngine, silent: Set<string>): Promise<string | null> {
    if (!needsConversion(settings.engine, to)) return null;
    if (silent.has(runnerId)) return "RUNNER_TIMEOUT";
    const signedManifest = await sign(await runnerOf(runnerId), () => orderManifest(runnerId, "profile.convert", { profileId: id, to }));
    const task = await client.profile.order.mutate({ id, order: { kind: "convert", to }, signedManifest });
    const end = await endOfTask(client, task.id, convertMs).catch((error: unknown) => {
      if (error instanceof WordedError) return undefined;
      throw error;
    });
    if (!end) silent.add(runnerId);
    return end ? end.failureCode : "RUNNER_TIMEOUT";
  }

  return {
    targetsOf,

    async edit({ selection, filter }: Chosen, changes: ManyChanges): Promise<BulkResult> {
      if (selection.all && selection.ids.size === 0) return client.profiles.edit.mutate({ projectId, filter, ...changes });
      const ids = selection.all ? (await targetsOf({ selection, filter, deleted: false })).map(({ id }) => id) : [...selection.ids];
      const sum: BulkResult = { done: 0, refused: [] };
      for (const some of chunks(ids, PROFILES_AT_ONCE)) {
        const { done, refused } = await client.profiles.edit.mutate({ projectId, ids: some, ...changes });
        sum.done += done;
        sum.refused.push(...refused);
      }
      return sum;
    },

    /** `ids`: those that were deleted, for the way back. */
    async remove(chosen: Chosen): Promise<BulkResult & { ids: string[] }> {
      const { targets, gone } = await find(chosen, { tellGone: true });
      const free = targets.filter(({ inUse, scheduled }) => !inUse && !scheduled);
      const result = await eachRunner(free, async (runner, some) => {
        const payload = { profileIds: some.map(({ id }) => id), keepMs: DELETED_KEPT_MS };
        const signedManifest = await sign(runner, () => orderManifest(runner.id, "profiles.delete", payload));
        return client.profiles.delete.mutate({ projectId, ids: payload.profileIds, signedManifest });
      });
      const busy = targets
        .filter(({ inUse, scheduled }) => inUse || scheduled)
        .map(({ id, name, inUse }) => ({ id, name, code: inUse ? "PROFILE_IN_USE" : "PROFILE_SCHEDULED" }));
      const refused = [...gone, ...busy, ...result.refused];
      const kept = new Set(refused.map(({ id }) => id));
      return { done: result.done, refused, ids: free.map(({ id }) => id).filter((id) => !kept.has(id)) };
    },

    async restore(chosen: Chosen): Promise<BulkResult> {
      return eachRunner(await targetsOf(chosen), async (runner, some) => {
        const payload = { profileIds: some.map(({ id }) => id) };
        const signedManifest = await sign(runner, () => orderManifest(runner.id, "profiles.restore", payload));
        return client.profiles.restore.mutate({ projectId, ids: payload.profileIds, signedManifest });
      });
    },

    async purge(chosen: Chosen): Promise<BulkResult> {
      return eachRunner(await targetsOf(chosen), async (runner, some) => {
        const payload = { profileIds: some.map(({ id }) => id) };
        const signedManifest = await sign(runner, () => orderManifest(runner.id, "profiles.delete", payload));
        return client.profiles.purge.mutate({ projectId, ids: payload.profileIds, signedManifest });
      });
    },

    /** One copy of each. */
    async clone(chosen: Chosen, { keepIdentity = false } = {}): Promise<BulkResult> {
      return eachRunner(await targetsOf(chosen), async (runner, some) => {
        if (!runner.signaturesRequired) {
          const copies = some.map(({ id: from }) => ({ from }));
          const { items } = await client.profiles.clone.mutate({ projectId, copies, keepIdentity });
          return { done: items.length, refused: [] };
        }
        for (const { id: from, settings } of some) {
          const id = crypto.randomUUID();
          // what is signed names the device too
          const original = keepIdentity ? null : settings.identity;
          const suggest = (like: Identity) => client.profile.suggestIdentity.mutate({ runnerId: runner.id, device: choicesOf(like) });
          const identity = original ? withChoicesOf(original, await suggest(original)) : undefined;
          const payload = { profileId: from, copies: [id], ...(identity && { identities: [identity] }) };
          const signedManifest = await sign(runner, () => orderManifest(runner.id, "profile.clone", payload));
          await client.profiles.clone.mutate({ projectId, copies: [{ from, id, identity }], keepIdentity, signedManifest });
        }
        return { done: some.length, refused: [] };
      });
    },

    /** Gives each the same settings where they are named; the others stay. The engine is changed by `changeEngine`. */
    async configure(chosen: Chosen, changes: Partial<Omit<ProfileSettings, "engine">>): Promise<BulkResult> {
      const { targets, gone } = await find(chosen, { tellGone: true });
      const { done, refused, problem } = await configure(targets, changes);
      return outcomeOf({ done, refused: [...gone, ...refused], problem });
    },

    /**
     * Moves each to that engine; what a folder holds is brought over first, and a profile of which that failed stays as it is. Tells how many are
     * over after each few.
     */
    async changeEngine(chosen: Chosen, to: ProfileEngine, tell: (over: number, of: number) => void): Promise<BulkResult> {
      const { targets: all, gone } = await find(chosen, { tellGone: true });
      const targets = all.filter(({ settings }) => settings.engine !== to);
      const busy = targets.filter(({ inUse }) => inUse).map(({ id, name }) => ({ id, name, code: "PROFILE_IN_USE" }));
      const sum: BulkResult & { problem?: unknown } = { done: 0, refused: [...gone, ...busy] };
      const tellSum = () => tell(sum.done + sum.refused.length, gone.length + targets.length);
      tellSum();
      const free = targets.filter(({ inUse }) => !inUse);
      const silent = new Set<string>();
      for (const some of chunks(
        free,
        free.some(({ settings }) => needsConversion(settings.engine, to)) ? convertedAtOnce : PROFILES_PER_TASK,
      )) {
        const ready = await Promise.all(some.map(async (target) => ({ target, code: await convert(target, to, silent) })));
        sum.refused.push(...ready.flatMap(({ target: { id, name }, code }) => (code === null ? [] : [{ id, name, code }])));
        const { done, refused, problem } = await configure(
          ready.flatMap(({ target, code }) => (code === null ? [target] : [])),
          { engine: to },
        );
        sum.done += done;
        sum.refused.push(...refused);
        sum.problem ??= problem;
        tellSum();
      }
      return outcomeOf(sum);
    },

    refresh: () => Promise.all([trpc.profile, trpc.profileGroup].map((router) => queryClient.invalidateQueries(router.pathFilter()))),
  };
}
