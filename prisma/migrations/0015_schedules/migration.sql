-- AlterTable
ALTER TABLE "Deployment" ADD COLUMN     "profileIds" UUID[] DEFAULT ARRAY[]::UUID[],
ADD COLUMN     "schedule" JSONB,
ADD COLUMN     "scheduleFailureCode" TEXT,
ADD COLUMN     "scheduleInstalledAt" TIMESTAMPTZ(3),
ADD COLUMN     "schedulePausedAt" TIMESTAMPTZ(3),
ADD COLUMN     "scheduleRemovedAt" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "ScheduleFiring" (
    "id" UUID NOT NULL,
    "deploymentId" UUID NOT NULL,
    "dueAt" TIMESTAMPTZ(3) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT,
    "count" INTEGER NOT NULL,

    CONSTRAINT "ScheduleFiring_pkey" PRIMARY KEY ("id")
);

-- AlterTable
ALTER TABLE "Run" ADD COLUMN     "firingId" UUID;

-- CreateIndex
CREATE INDEX "ScheduleFiring_deploymentId_dueAt_idx" ON "ScheduleFiring"("deploymentId", "dueAt");

-- CreateIndex
CREATE INDEX "Run_firingId_idx" ON "Run"("firingId");

-- AddForeignKey
ALTER TABLE "ScheduleFiring" ADD CONSTRAINT "ScheduleFiring_deploymentId_fkey" FOREIGN KEY ("deploymentId") REFERENCES "Deployment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Run" ADD CONSTRAINT "Run_firingId_fkey" FOREIGN KEY ("firingId") REFERENCES "ScheduleFiring"("id") ON DELETE SET NULL ON UPDATE CASCADE;
