-- Who has a run's page: the task by which a person took it over.
ALTER TABLE "Run" ADD COLUMN "holdId" UUID, ADD COLUMN "heldAt" TIMESTAMPTZ(3);
