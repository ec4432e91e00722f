-- Which version a draft was made from, so that publishing it passes over nobody's version without a word.
ALTER TABLE "WorkflowVersion" ADD COLUMN "basedOn" TEXT;
UPDATE "WorkflowVersion" made SET "basedOn" = (
  SELECT base."contentHash" FROM "WorkflowVersion" base
  WHERE base."workflowId" = made."workflowId" AND NOT base.draft AND base.number < made.number
  ORDER BY base.number DESC LIMIT 1
) WHERE made.draft;
