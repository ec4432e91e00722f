-- Which version a draft was made from, so that publishing it passes over nobody's version without a word.
ALTER TABLE "WorkflowVersion" ADD COLUMN "basedOn" TEXT;
UPDATE "WorkflowVersion" made SET "basedOn" = (
  SELECT base."contentHash" FROM "WorkflowVersion" base
  WHERE base."workflowId" = made."workflowId" AND NOT base.draft AND base.number < made.number
  ORDER BY base.number DESC LIMIT 1
) WHERE made.draft;
-- The deployment that took a schedule's place, with a newer version of its workflow.
ALTER TABLE "Deployment" ADD COLUMN "replacedById" UUID;
