-- What people have to know of a profile until somebody has seen it; and the command that makes it as a copy, until that is over.
ALTER TABLE "Profile" ADD COLUMN "notices" JSONB NOT NULL DEFAULT '[]';
ALTER TABLE "Profile" ADD COLUMN "copyCommandId" UUID;
CREATE INDEX "Profile_copyCommandId_idx" ON "Profile"("copyCommandId") WHERE "copyCommandId" IS NOT NULL;
-- Of those of which there is something to know; the index of migration 0012 goes when no server asks by it any more
CREATE INDEX "Profile_list_notices_idx" ON "Profile"("projectId", "createdAt", "id")
  WHERE "deletedAt" IS NULL AND (cardinality("stateFlags") > 0 OR "notices" <> '[]'::jsonb);
UPDATE "Profile" SET "notices" = jsonb_build_array(jsonb_build_object('kind', 'state-restored', 'code', null, 'count', 1,
    'at', to_char(coalesce("stateSavedAt", "createdAt") AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
  WHERE 'state-restored' = ANY("stateFlags");
