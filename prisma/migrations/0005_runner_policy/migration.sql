-- AlterTable
ALTER TABLE "Runner" ADD COLUMN     "deniedHosts" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "maxDownloadBytes" BIGINT,
ADD COLUMN     "policyDamaged" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "policyEmpty" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "policyPaused" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "policyQuietUntil" TIMESTAMPTZ(3),
ADD COLUMN     "policyToldAt" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "Refusal" (
    "id" UUID NOT NULL,
    "runnerId" UUID NOT NULL,
    "runId" UUID,
    "kind" TEXT NOT NULL,
    "rule" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "fatal" BOOLEAN NOT NULL,
    "firstAt" TIMESTAMPTZ(3) NOT NULL,
    "lastAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Refusal_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Refusal_runnerId_lastAt_idx" ON "Refusal"("runnerId", "lastAt");

-- CreateIndex
CREATE INDEX "Refusal_runId_idx" ON "Refusal"("runId");

-- AddForeignKey
ALTER TABLE "Refusal" ADD CONSTRAINT "Refusal_runnerId_fkey" FOREIGN KEY ("runnerId") REFERENCES "Runner"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Refusal" ADD CONSTRAINT "Refusal_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE CASCADE ON UPDATE CASCADE;
