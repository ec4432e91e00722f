-- A version whose tests are run before it is published: it has a number, and is the latest to nobody.
ALTER TABLE "WorkflowVersion" ADD COLUMN "draft" BOOLEAN NOT NULL DEFAULT false;
