import type { listRequestsInput, ProfileRequestView } from "@deskhand/shared/schemas/profile-request";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { authorize, mayAlso } from "@/server/domain/project/policy";
import type { Prisma } from "@/server/generated/prisma/client";

const withNames = {
  profile: { select: { name: true, runnerId: true } },
  requestedBy: { select: { name: true } },
  holderUser: { select: { name: true } },
} satisfies Prisma.ProfileRequestInclude;
type Row = Prisma.ProfileRequestGetPayload<{ include: typeof withNames }>;

/** Who asks for profiles that are in use. One whose time is over reads as expired, whether or not somebody has noted that. */
export async function listRequests(ctx: Context, input: z.output<typeof listRequestsInput>): Promise<{ items: ProfileRequestView[] }> {
  const { projectId, role } = await authorize(ctx, input.projectId, "project.read");
  const now = ctx.clock.now();
  const rows = await ctx.db.profileRequest.findMany({
    where: { projectId, ...(input.profileId ? { profileId: input.profileId } : { state: "waiting", expiresAt: { gt: now } }) },
    include: withNames,
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: input.profileId ? 10 : 50,
  });
  const mayManage = mayAlso(ctx, role, "runner.manage");
  const me = "userId" in ctx.actor ? ctx.actor.userId : null;
  return { items: rows.map((row) => viewRequest(row, { me, mayManage, now })) };
}

function viewRequest(row: Row, { me, mayManage, now }: { me: string | null; mayManage: boolean; now: Date }): ProfileRequestView {
  const waits = row.state === "waiting" && row.expiresAt > now;
  return {
    id: row.id,
    profileId: row.profileId,
    profileName: row.profile.name,
    runnerId: row.profile.runnerId,
    state: row.state === "waiting" && !waits ? "expired" : row.state,
    holderKind: row.holderKind,
    holderId: row.holderId,
    holderName: row.holderUser?.name ?? null,
    requestedBy: row.requestedBy.name,
    isMine: row.requestedById === me,
    mayAnswer: waits && mayAnswer(row, me, mayManage),
    message: row.message,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    answeredAt: row.answeredAt?.toISOString() ?? null,
  };
}

/** Whose run it is; anybody for one that is nobody's, and those who manage runners. */
export function mayAnswer({ holderUserId }: Pick<Row, "holderUserId">, me: string | null, mayManage: boolean): boolean {
  return holderUserId === null || holderUserId === me || mayManage;
}
