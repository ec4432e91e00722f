-- What a runner claims of the computer it is on: compared, never trusted
ALTER TABLE "Runner" ADD COLUMN "hardwareId" TEXT;
ALTER TABLE "Runner" ADD COLUMN "claimedHardwareId" TEXT;
