import type { pairRunnerInput, RunnerStatus } from "@deskhand/shared/schemas/runner";
import type * as z from "zod";
import type { Context } from "@/server/context";
import type { Tx } from "@/server/db";
import { lockProject } from "@/server/domain/project/lock-project";
import { AppError } from "@/server/errors";
import type { PairingCode } from "@/server/generated/prisma/client";
import { giveBackToLimit, takeFromLimit } from "@/server/rate-limit";
import { sendSignals } from "@/server/signals";
import { readDeviceKey } from "./fingerprint.ts";
import { freeName } from "./free-name.ts";
import { hashPairingCode, pairingByAddress } from "./pairing-code.ts";

type PairRunner = z.output<typeof pairRunnerInput>;
type Paired = { runnerId: string; projectId: string; status: RunnerStatus; fingerprint: string };

/**
 * Makes a runner known to the project that the code was made for. The code is the authority: nobody is signed in, so a network
 * address may fail only 20 times in 10 minutes. The runner waits for a person to accept it unless the code says otherwise. A device
 * that was paired with the project before keeps its runner (and so its profiles); it keeps an acceptance, and loses a lock or a refusal.
 * @throws AppError PAIRING_CODE_INVALID, PAIRING_CODE_EXPIRED, PAIRING_CODE_USED, INVALID_INPUT, RATE_LIMITED
 */
export async function pairRunner(ctx: Context, input: PairRunner, address: string): Promise<Paired> {
  await takeFromLimit(ctx.db, pairingByAddress, address);
  const device = readDeviceKey(input.publicKey);
  const now = ctx.clock.now();
  const code = await ctx.db.pairingCode.findUnique({ where: { codeHash: hashPairingCode(input.code) } });
  if (!code) throw new AppError("PAIRING_CODE_INVALID");
  if (code.usedAt) throw new AppError("PAIRING_CODE_USED");
  if (code.expiresAt <= now) throw new AppError("PAIRING_CODE_EXPIRED");
  const paired = await ctx.db.$transaction(async (tx) => {
    const used = await tx.pairingCode.updateMany({ where: { id: code.id, usedAt: null }, data: { usedAt: now } });
    if (used.count !== 1) throw new AppError("PAIRING_CODE_USED");
    await lockProject(tx, code.projectId);
    const runner = await saveRunner(tx, code, input, device, now);
    // the code and its runner are one to one: a device that pairs again belongs to its newest code
    await tx.pairingCode.updateMany({ where: { runnerId: runner.id }, data: { runnerId: null } });
    await tx.pairingCode.update({ where: { id: code.id }, data: { runnerId: runner.id } });
    await sendSignals(tx, [
      { kind: "change", projectId: code.projectId, topic: "runner", id: runner.id },
      { kind: "runner-status", runnerId: runner.id },
    ]);
    return { runnerId: runner.id, projectId: code.projectId, status: runner.status, fingerprint: device.fingerprint };
  });
  await giveBackToLimit(ctx.db, pairingByAddress, address);
  return paired;
}

async function saveRunner(tx: Tx, code: PairingCode, input: PairRunner, device: ReturnType<typeof readDeviceKey>, now: Date) {
  const { projectId } = code;
  const { platform, arch, version, sealRecipient } = input;
  const known = await tx.runner.findFirst({
    // a device whose change of keys was cut short may know the one before
    where: { projectId, OR: [{ publicKey: device.publicKey }, { previousPublicKey: device.publicKey }] },
    select: { id: true, name: true, status: true, acceptedAt: true },
  });
  const accepted = code.autoAccept || known?.status === "accepted";
  const data = {
    platform,
    arch,
    version,
    sealRecipient,
    name: await freeNameIn(tx, projectId, known?.name ?? input.name, known?.id),
    status: accepted ? ("accepted" as const) : ("pending" as const),
    statusReason: null,
    acceptedAt: accepted ? (known?.acceptedAt ?? now) : null,
    // the device begins its chain of joins anew
    joinId: null,
    previousJoinId: null,
    ...device,
    previousPublicKey: null,
    previousKeyUntil: null,
    keyRotationRequestedAt: null,
    // a person stood at the computer and typed the code
    hardwareId: null,
    claimedHardwareId: null,
  };
  const select = { id: true, status: true };
  if (known) return tx.runner.update({ where: { id: known.id }, data, select });
  return tx.runner.create({ data: { ...data, keyCreatedAt: now, projectId, createdAt: now }, select });
}

async function freeNameIn(tx: Tx, projectId: string, wanted: string, exceptId: string | undefined): Promise<string> {
  const others = await tx.runner.findMany({
    where: { projectId, status: { notIn: ["rejected", "revoked"] }, ...(exceptId ? { id: { not: exceptId } } : {}) },
    select: { name: true },
  });
  return freeName(
    wanted,
    others.map(({ name }) => name),
  );
}
