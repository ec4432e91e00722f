-- Device keys follow one another: the one before is good for a while, so that an interrupted change locks nobody out
ALTER TABLE "Runner" ADD COLUMN "keyCreatedAt" TIMESTAMPTZ(3);
UPDATE "Runner" SET "keyCreatedAt" = "createdAt";
ALTER TABLE "Runner" ALTER COLUMN "keyCreatedAt" SET NOT NULL;
ALTER TABLE "Runner" ADD COLUMN "keyRotationRequestedAt" TIMESTAMPTZ(3);
ALTER TABLE "Runner" ADD COLUMN "previousPublicKey" TEXT;
ALTER TABLE "Runner" ADD COLUMN "previousKeyUntil" TIMESTAMPTZ(3);
