-- Where signed messages come in that begin a deployment, and which came already.
CREATE TABLE "Trigger" (
  "id" UUID NOT NULL,
  "projectId" UUID NOT NULL,
  "deploymentId" UUID NOT NULL,
  "sealedSecret" TEXT,
  "sealedPreviousSecret" TEXT,
  "previousSecretUntil" TIMESTAMPTZ(3),
  "createdAt" TIMESTAMPTZ(3) NOT NULL,
  "disabledAt" TIMESTAMPTZ(3),
  "lastCalledAt" TIMESTAMPTZ(3),
  "lastRefusal" TEXT,
  "lastRefusedAt" TIMESTAMPTZ(3),
  CONSTRAINT "Trigger_pkey" PRIMARY KEY ("id")
);
CREATE TABLE "TriggerMessage" (
  "triggerId" UUID NOT NULL,
  "messageId" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "firingId" UUID,
  CONSTRAINT "TriggerMessage_pkey" PRIMARY KEY ("triggerId", "messageId")
);
CREATE UNIQUE INDEX "Trigger_deploymentId_key" ON "Trigger"("deploymentId");
CREATE INDEX "Trigger_projectId_createdAt_idx" ON "Trigger"("projectId", "createdAt");
CREATE INDEX "TriggerMessage_at_idx" ON "TriggerMessage"("at");
ALTER TABLE "Trigger" ADD CONSTRAINT "Trigger_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Trigger" ADD CONSTRAINT "Trigger_deploymentId_fkey" FOREIGN KEY ("deploymentId") REFERENCES "Deployment"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "TriggerMessage" ADD CONSTRAINT "TriggerMessage_triggerId_fkey" FOREIGN KEY ("triggerId") REFERENCES "Trigger"("id") ON DELETE CASCADE ON UPDATE CASCADE;
