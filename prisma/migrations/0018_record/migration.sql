-- A deployment whose runs wait at their end for a person, whose doings they record.
ALTER TABLE "Deployment" ADD COLUMN "record" BOOLEAN NOT NULL DEFAULT false;
