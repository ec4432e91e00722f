-- CreateEnum
CREATE TYPE "ProfileMoveState" AS ENUM ('waiting', 'sending', 'taking', 'moved', 'failed', 'cancelled');

-- AlterTable
ALTER TABLE "Profile" ADD COLUMN     "moveId" UUID;

-- CreateTable
CREATE TABLE "ProfileMove" (
    "id" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "profileId" UUID NOT NULL,
    "fromRunnerId" UUID NOT NULL,
    "toRunnerId" UUID NOT NULL,
    "state" "ProfileMoveState" NOT NULL DEFAULT 'waiting',
    "failureCode" TEXT,
    "orders" JSONB NOT NULL,
    "outCommandId" UUID,
    "inCommandId" UUID,
    "requestedById" UUID,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "ProfileMove_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "ProfileMove_outCommandId_key" ON "ProfileMove"("outCommandId");

-- CreateIndex
CREATE UNIQUE INDEX "ProfileMove_inCommandId_key" ON "ProfileMove"("inCommandId");

-- CreateIndex
CREATE INDEX "ProfileMove_projectId_createdAt_idx" ON "ProfileMove"("projectId", "createdAt");

-- CreateIndex
CREATE INDEX "ProfileMove_profileId_createdAt_idx" ON "ProfileMove"("profileId", "createdAt");

-- CreateIndex
CREATE INDEX "ProfileMove_state_idx" ON "ProfileMove"("state");

-- AddForeignKey
ALTER TABLE "ProfileMove" ADD CONSTRAINT "ProfileMove_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProfileMove" ADD CONSTRAINT "ProfileMove_profileId_fkey" FOREIGN KEY ("profileId") REFERENCES "Profile"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProfileMove" ADD CONSTRAINT "ProfileMove_fromRunnerId_fkey" FOREIGN KEY ("fromRunnerId") REFERENCES "Runner"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProfileMove" ADD CONSTRAINT "ProfileMove_toRunnerId_fkey" FOREIGN KEY ("toRunnerId") REFERENCES "Runner"("id") ON DELETE CASCADE ON UPDATE CASCADE;
