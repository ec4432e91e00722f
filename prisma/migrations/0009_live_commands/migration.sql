-- A command passes through its states in quick succession. With its state in an index, each change writes to every index of the table and
-- leaves an entry that later looks wade through. Only what is not over is looked for: with these, a change touches an index at the end only
DROP INDEX "Command_runnerId_state_position_idx";
DROP INDEX "Command_state_deadlineAt_idx";
CREATE INDEX "Command_live_runnerId_position_idx" ON "Command"("runnerId", "position") WHERE "finishedAt" IS NULL;
CREATE INDEX "Command_live_deadlineAt_idx" ON "Command"("deadlineAt") WHERE "finishedAt" IS NULL;

-- Room beside a row for its next states, so that they stay on its page; and entries of what is over are cleared away soon
ALTER TABLE "Command" SET (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02);
