-- CreateEnum
CREATE TYPE "SigningKeyKind" AS ENUM ('browser', 'cli');

-- AlterTable
ALTER TABLE "Deployment" ADD COLUMN     "manifestId" UUID,
ADD COLUMN     "signedManifest" TEXT;

-- AlterTable
ALTER TABLE "Runner" ADD COLUMN     "signaturesRequired" BOOLEAN;

-- CreateTable
CREATE TABLE "SigningKey" (
    "id" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "createdById" UUID NOT NULL,
    "keyId" TEXT NOT NULL,
    "publicKey" TEXT NOT NULL,
    "kind" "SigningKeyKind" NOT NULL,
    "name" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "lastUsedAt" TIMESTAMPTZ(3),
    "revokedAt" TIMESTAMPTZ(3),

    CONSTRAINT "SigningKey_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RunnerSigner" (
    "runnerId" UUID NOT NULL,
    "signingKeyId" UUID NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'requested',
    "proof" TEXT,
    "requestedAt" TIMESTAMPTZ(3) NOT NULL,
    "changedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "RunnerSigner_pkey" PRIMARY KEY ("runnerId","signingKeyId")
);

-- CreateIndex
CREATE UNIQUE INDEX "SigningKey_projectId_keyId_key" ON "SigningKey"("projectId", "keyId");

-- CreateIndex
CREATE INDEX "RunnerSigner_signingKeyId_idx" ON "RunnerSigner"("signingKeyId");

-- AddForeignKey
ALTER TABLE "SigningKey" ADD CONSTRAINT "SigningKey_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SigningKey" ADD CONSTRAINT "SigningKey_createdById_fkey" FOREIGN KEY ("createdById") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RunnerSigner" ADD CONSTRAINT "RunnerSigner_runnerId_fkey" FOREIGN KEY ("runnerId") REFERENCES "Runner"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RunnerSigner" ADD CONSTRAINT "RunnerSigner_signingKeyId_fkey" FOREIGN KEY ("signingKeyId") REFERENCES "SigningKey"("id") ON DELETE CASCADE ON UPDATE CASCADE;
