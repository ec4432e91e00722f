-- What the runner of a schedule was asked last, until it has done it.
ALTER TABLE "Deployment" ADD COLUMN "scheduleOrder" TEXT,
ADD COLUMN "scheduleOrderId" UUID,
ADD COLUMN "scheduleOrderedAt" TIMESTAMPTZ(3),
ADD COLUMN "scheduleOrderFailure" TEXT;
