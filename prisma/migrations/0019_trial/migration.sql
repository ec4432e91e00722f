-- A deployment whose run carries out a draft that a person tries, step by step, and none of its version's steps.
ALTER TABLE "Deployment" ADD COLUMN "trial" BOOLEAN NOT NULL DEFAULT false;
