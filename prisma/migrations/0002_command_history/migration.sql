-- Why a command changed, where its state does not say it: a failure code, or a cancel that was asked or confirmed
ALTER TABLE "CommandTransition" ADD COLUMN "reason" TEXT;

-- The history is only added to. Rows go with their command, never otherwise, and nobody rewrites one
CREATE FUNCTION refuse_rewriting_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the history of commands is append-only';
END $$;
CREATE TRIGGER command_transition_append_only BEFORE UPDATE ON "CommandTransition"
  FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_history();

-- What is added to the runner's clock to get the server's, measured when it connects and when its clock is set
ALTER TABLE "Runner" ADD COLUMN "clockOffsetMs" INTEGER;

-- A runner's commands, newest first
CREATE INDEX "Command_runnerId_createdAt_idx" ON "Command"("runnerId", "createdAt");
