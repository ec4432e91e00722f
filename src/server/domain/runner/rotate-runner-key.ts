import { type KeyRotation, keyRotationText } from "@deskhand/shared/protocol/key-rotation";
import type { RunnerStatus } from "@deskhand/shared/schemas/runner";
import type { Context } from "@/server/context";
import { AppError } from "@/server/errors";
import { sendSignals } from "@/server/signals";
import { isSignedByOne, readDeviceKey } from "./fingerprint.ts";
import { acceptedKeys, KEY_GRACE_MS, refusalOf } from "./rules.ts";

type Rotate = Pick<KeyRotation, "publicKey" | "signature" | "previousSignature"> & { runnerId: string };

type HeldRunner = {
  projectId: string;
  status: RunnerStatus;
  publicKey: string;
  previousPublicKey: string | null;
  previousKeyUntil: Date | null;
};

/**
 * Takes a runner's new device key: signed by itself (whoever sends it has it) and by a key that proves the runner now. The one before
 * stays good for 7 days, so that a runner which does not hear our answer is not locked out. A repeat changes nothing.
 * @throws AppError NOT_FOUND, INVALID_INPUT, SIGNATURE_INVALID, RUNNER_NOT_ACCEPTED and the like
 */
export async function rotateRunnerKey(ctx: Context, input: Rotate): Promise<{ fingerprint: string }> {
  const device = readDeviceKey(input.publicKey);
  return ctx.db.$transaction(async (tx) => {
    // Prisma has no "for update"; two proposals at once are taken one after the other
    const [runner] = await tx.$queryRaw<HeldRunner[]>`
      select "projectId", status::text, "publicKey", "previousPublicKey", "previousKeyUntil"
      from "Runner" where id = ${input.runnerId}::uuid for update`;
    if (!runner) throw new AppError("NOT_FOUND");
    if (runner.status !== "accepted") throw new AppError(refusalOf(runner.status) ?? "RUNNER_NOT_ACCEPTED");
    if (runner.publicKey === device.publicKey) return { fingerprint: device.fingerprint };
    const now = ctx.clock.now();
    const text = keyRotationText(input.runnerId, device.publicKey);
    if (
      !isSignedByOne([device.publicKey], text, input.signature) ||
      !isSignedByOne(acceptedKeys(runner, now), text, input.previousSignature)
    ) {
      throw new AppError("SIGNATURE_INVALID");
    }
    await tx.runner.update({
      where: { id: input.runnerId },
      data: {
        ...device,
        keyCreatedAt: now,
        keyRotationRequestedAt: null,
        previousPublicKey: runner.publicKey,
        previousKeyUntil: new Date(now.getTime() + KEY_GRACE_MS),
      },
    });
    await sendSignals(tx, [{ kind: "change", projectId: runner.projectId, topic: "runner", id: input.runnerId }]);
    return { fingerprint: device.fingerprint };
  });
}
