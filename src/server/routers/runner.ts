import { commandPage, runnerActivityInput } from "@deskhand/shared/schemas/command";
import { byId, inProject } from "@deskhand/shared/schemas/common";
import {
  listRunnersInput,
  pairedRunnerView,
  pairingCodeView,
  pairRunnerInput,
  refusalList,
  renameRunnerInput,
  runnerList,
  runnerView,
  tightenRunnerInput,
} from "@deskhand/shared/schemas/runner";
import { requestSignerInput, signingKeyView } from "@deskhand/shared/schemas/signing-key";
import { listRunnerActivity } from "@/server/domain/command/queries";
import { listRefusals } from "@/server/domain/refusal/queries";
import { acceptRunner } from "@/server/domain/runner/accept-runner";
import { createPairingCode } from "@/server/domain/runner/create-pairing-code";
import { pairRunner } from "@/server/domain/runner/pair-runner";
import { getRunner, listRunners } from "@/server/domain/runner/queries";
import { rejectRunner } from "@/server/domain/runner/reject-runner";
import { renameRunner } from "@/server/domain/runner/rename-runner";
import { requestKeyRotation } from "@/server/domain/runner/request-key-rotation";
import { revokeRunner } from "@/server/domain/runner/revoke-runner";
import { tightenRunner } from "@/server/domain/runner/tighten-runner";
import { requestSigner } from "@/server/domain/signing-key/request-signer";
import { serverProcess } from "@/server/process";
import { procedure, router } from "./trpc.ts";

const tags = ["Runners"];

export const runnerRouter = router({
  list: procedure
    .meta({ policy: "project.read", openapi: { method: "GET", path: "/runners", tags, summary: "List runners", protect: true } })
    .input(listRunnersInput)
    .output(runnerList)
    .query(({ ctx, input }) => listRunners(ctx, input)),

  get: procedure
    .meta({ policy: "project.read", openapi: { method: "GET", path: "/runners/{id}", tags, summary: "Get a runner", protect: true } })
    .input(byId)
    .output(runnerView)
    .query(({ ctx, input }) => getRunner(ctx, input)),

  activity: procedure
    .meta({
      policy: "project.read",
      openapi: { method: "GET", path: "/runners/{id}/activity", tags, summary: "List what was asked of a runner", protect: true },
    })
    .input(runnerActivityInput)
    .output(commandPage)
    .query(({ ctx, input }) => listRunnerActivity(ctx, input)),

  createPairingCode: procedure
    .meta({
      policy: "runner.manage",
      secretAnswer: true,
      openapi: { method: "POST", path: "/pairing-codes", tags, summary: "Create a one-time code that pairs a runner", protect: true },
    })
    .input(inProject)
    .output(pairingCodeView)
    .mutation(({ ctx, input }) => createPairingCode(ctx, { ...input, publicUrl: serverProcess().env.PUBLIC_URL })),

  pair: procedure
    .meta({
      policy: "public",
      openapi: { method: "POST", path: "/runners/pair", tags, summary: "Pair a runner with a one-time code", protect: false },
    })
    .input(pairRunnerInput)
    .output(pairedRunnerView)
    .mutation(({ ctx, input }) => pairRunner(ctx, input, ctx.ip)),

  accept: procedure
    .meta({
      policy: "runner.manage",
      openapi: { method: "POST", path: "/runners/{id}/accept", tags, summary: "Accept a pending runner", protect: true },
    })
    .input(byId)
    .output(runnerView)
    .mutation(({ ctx, input }) => acceptRunner(ctx, input)),

  reject: procedure
    .meta({
      policy: "runner.manage",
      openapi: { method: "POST", path: "/runners/{id}/reject", tags, summary: "Reject a pending runner", protect: true },
    })
    .input(byId)
    .output(runnerView)
    .mutation(({ ctx, input }) => rejectRunner(ctx, input)),

  revoke: procedure
    .meta({
      policy: "runner.manage",
      openapi: { method: "POST", path: "/runners/{id}/revoke", tags, summary: "Disconnect a runner for good", protect: true },
    })
    .input(byId)
    .output(runnerView)
    .mutation(({ ctx, input }) => revokeRunner(ctx, input)),

  rotateKey: procedure
    .meta({
      policy: "runner.manage",
      openapi: { method: "POST", path: "/runners/{id}/rotate-key", tags, summary: "Ask a runner for a new device key", protect: true },
    })
    .input(byId)
    .output(runnerView)
    .mutation(({ ctx, input }) => requestKeyRotation(ctx, input)),

  requestSigner: procedure
    .meta({
      policy: "run.write",
      openapi: { method: "POST", path: "/runners/{id}/signers", tags, summary: "Ask a runner to trust one's signing key", protect: true },
    })
    .input(requestSignerInput)
    .output(signingKeyView)
    .mutation(({ ctx, input }) => requestSigner(ctx, input)),

  tighten: procedure
    .meta({
      policy: "runner.manage",
      openapi: {
        method: "PUT",
        path: "/runners/{id}/tightening",
        tags,
        summary: "Ask a runner to refuse more than its own policy does",
        protect: true,
      },
    })
    .input(tightenRunnerInput)
    .output(runnerView)
    .mutation(({ ctx, input }) => tightenRunner(ctx, input)),

  refusals: procedure
    .meta({
      policy: "project.read",
      openapi: { method: "GET", path: "/runners/{id}/refusals", tags, summary: "List what a runner's policy refused", protect: true },
    })
    .input(byId)
    .output(refusalList)
    .query(({ ctx, input }) => listRefusals(ctx, input)),

  rename: procedure
    .meta({ policy: "runner.manage", openapi: { method: "PATCH", path: "/runners/{id}", tags, summary: "Rename a runner", protect: true } })
    .input(renameRunnerInput)
    .output(runnerView)
    .mutation(({ ctx, input }) => renameRunner(ctx, input)),
});
