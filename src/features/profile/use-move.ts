import type { TaskKind } from "@deskhand/shared/protocol/task-kinds";
import { claimOrders, MOVES_PER_CALL, type MovesBegun } from "@deskhand/shared/schemas/profile-move";
import { orderManifest } from "@deskhand/shared/signing/make-manifest";
import { makeMove } from "@deskhand/shared/signing/make-move";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { isRecipientRight } from "@/trpc/browser-key";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { useSigner } from "@/trpc/signing";
import { sealText } from "./parcels.ts";
import { type Chosen, useMany } from "./use-many.ts";

const wrongRecipient = (name: string) =>
  `The server names another key for ${name} than its computer did, so nothing was sent. If the runner was paired anew, open a new link from “deskhand keys link”.`;

type Move = { chosen: Chosen; runnerId: string };

/** Has profiles go to another runner, a hundred at a time; each goes and fails for itself. Or has one be the runner's that has a copy. */
export function useMove() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const { id: projectId } = useProject();
  const many = useMany();
  const { sign } = useSigner();
  const runnerOf = (id: string) => queryClient.fetchQuery({ ...trpc.runner.get.queryOptions({ id }), staleTime: 10_000 });
  const onSettled = () => Promise.all([many.refresh(), queryClient.invalidateQueries(trpc.profileMove.pathFilter())]);
  const claim = useMutation({
    mutationFn: async ({ profileId, runnerId }: { profileId: string; runnerId: string }) => {
      const profile = await client.profile.get.query({ id: profileId });
      const orders = claimOrders(profile);
      const signFor = async (id: string, command: TaskKind, payload: object) =>
        sign(await runnerOf(id), () => orderManifest(id, command, payload));
      const signedClaim = await signFor(runnerId, "profile.claim", orders.claim);
      const signedDelete = await signFor(profile.runnerId, "profile.delete", orders.delete);
      return client.profileMove.claim.mutate({ id: profileId, runnerId, signedClaim, signedDelete });
    },
    onSettled,
  });
  const move = useMutation({
    mutationFn: async ({ chosen, runnerId }: Move): Promise<MovesBegun> => {
      const targets = (await many.targetsOf(chosen)).filter((target) => target.runnerId !== runnerId);
      const to = await runnerOf(runnerId);
      for (const id of new Set([runnerId, ...targets.map((target) => target.runnerId)])) {
        const { name, sealRecipient } = await runnerOf(id);
        if (!(await isRecipientRight(id, sealRecipient))) throw new Error(wrongRecipient(name));
      }
      const sum: MovesBegun = { done: 0, refused: [], moves: [], proxiesToEnter: [] };
      for (let at = 0; at < targets.length; at += MOVES_PER_CALL) {
        const moves = [];
        for (const { id: profileId, runnerId: fromId } of targets.slice(at, at + MOVES_PER_CALL)) {
          const sealed = { from: await runnerOf(fromId), to, seal: sealText };
          moves.push(
            await makeMove({
              profileId,
              ...sealed,
              sign: async (id, command, payload) => sign(await runnerOf(id), () => orderManifest(id, command, payload)),
            }),
          );
        }
        const begun = await client.profileMove.begin.mutate({ projectId, runnerId, moves });
        sum.done += begun.done;
        sum.refused.push(...begun.refused);
        sum.moves.push(...begun.moves);
        const known = new Set(sum.proxiesToEnter.map(({ id }) => id));
        sum.proxiesToEnter.push(...begun.proxiesToEnter.filter(({ id }) => !known.has(id)));
      }
      return sum;
    },
    onSettled,
  });
  return { move, claim };
}
