-- What a run needs a person for, since when and until when, and at which step.
ALTER TABLE "Run" ADD COLUMN "waitingSince" TIMESTAMPTZ(3), ADD COLUMN "waitingUntil" TIMESTAMPTZ(3),
  ADD COLUMN "waitingReason" TEXT, ADD COLUMN "waitingStep" INTEGER;

-- Few runs wait at a time, and all of them are looked at.
CREATE INDEX "Run_waitingSince_idx" ON "Run" ("waitingSince") WHERE "waitingSince" IS NOT NULL;
