-- Both come with PostgreSQL and may be created by whoever owns the database: text is searched by three letters, within one project
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- AlterTable
ALTER TABLE "Profile" ADD COLUMN     "lastRunAt" TIMESTAMPTZ(3);
UPDATE "Profile" p SET "lastRunAt" = r."lastRunAt"
FROM (SELECT "profileId", max("createdAt") AS "lastRunAt" FROM "Run" GROUP BY "profileId") r WHERE r."profileId" = p.id;

-- AlterTable
ALTER TABLE "Deployment" ADD COLUMN     "pausedAt" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "Command" ADD COLUMN     "paused" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "turn" BIGINT NOT NULL DEFAULT 0;

-- What people search in. array_to_string is only called stable because of types whose text depends on settings, which text[] does not
CREATE FUNCTION profile_search_text(name TEXT, notes TEXT, tags TEXT[]) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT lower(name || chr(10) || notes || chr(10) || array_to_string(tags, chr(10))) $$;
-- kept, because what an index finds is compared with the text itself: made anew for each of many rows it takes seconds
ALTER TABLE "Profile" ADD COLUMN     "searchText" TEXT NOT NULL GENERATED ALWAYS AS (profile_search_text("name", "notes", "tags")) STORED;

-- An index for each order of the list, each with the id at its end, so that a page begins where the one before it ended; and what the
-- list is narrowed down by. Only what is not deleted is listed
DROP INDEX "Profile_projectId_createdAt_idx";
DROP INDEX "Profile_projectId_name_idx";
DROP INDEX "Profile_tags_idx";
CREATE INDEX "Profile_list_created_idx" ON "Profile"("projectId", "createdAt", "id") WHERE "deletedAt" IS NULL;
CREATE INDEX "Profile_list_name_idx" ON "Profile"("projectId", lower("name"), "id") WHERE "deletedAt" IS NULL;
CREATE INDEX "Profile_list_saved_idx" ON "Profile"("projectId", coalesce("stateSavedAt", to_timestamp(0)), "id") WHERE "deletedAt" IS NULL;
CREATE INDEX "Profile_list_bytes_idx" ON "Profile"("projectId", coalesce("stateBytes", -1), "id") WHERE "deletedAt" IS NULL;
CREATE INDEX "Profile_list_run_idx" ON "Profile"("projectId", coalesce("lastRunAt", to_timestamp(0)), "id") WHERE "deletedAt" IS NULL;
CREATE INDEX "Profile_list_search_idx" ON "Profile" USING GIN ("projectId", "searchText" gin_trgm_ops) WHERE "deletedAt" IS NULL;
CREATE INDEX "Profile_list_tags_idx" ON "Profile" USING GIN ("projectId", "tags") WHERE "deletedAt" IS NULL;
CREATE INDEX "Profile_list_group_idx" ON "Profile"("projectId", "groupId", "createdAt", "id") WHERE "deletedAt" IS NULL;
CREATE INDEX "Profile_list_flags_idx" ON "Profile"("projectId", "createdAt", "id") WHERE "deletedAt" IS NULL AND cardinality("stateFlags") > 0;
CREATE INDEX "Profile_list_holder_idx" ON "Profile"("projectId") WHERE "deletedAt" IS NULL AND "holderKind" IS NOT NULL;
CREATE INDEX "Profile_list_dedicated_idx" ON "Profile"("projectId", "createdAt", "id") WHERE "deletedAt" IS NULL AND "settings" @> '{"engine":"dedicated"}';
CREATE INDEX "Profile_deleted_idx" ON "Profile"("projectId", "deletedAt", "id") WHERE "deletedAt" IS NOT NULL;

-- Commands go out by turn. What names a profile has no turn before what was asked of it earlier and still waits
DROP INDEX "Command_live_runnerId_position_idx";
CREATE INDEX "Command_live_runnerId_turn_idx" ON "Command"("runnerId", "turn", "position") WHERE "finishedAt" IS NULL;
CREATE INDEX "Command_live_profileId_idx" ON "Command"(("payload" ->> 'profileId')) WHERE "finishedAt" IS NULL;

CREATE FUNCTION command_after_its_profile() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  NEW."turn" := greatest(NEW."turn", (
    SELECT max(c."turn") FROM "Command" c
    WHERE c."payload" ->> 'profileId' = NEW."payload" ->> 'profileId' AND c."finishedAt" IS NULL AND c."state" = 'queued'
  ));
  RETURN NEW;
END $$;
CREATE TRIGGER "Command_after_its_profile" BEFORE INSERT ON "Command" FOR EACH ROW
WHEN (NEW."payload" ? 'profileId') EXECUTE FUNCTION command_after_its_profile();

-- CreateEnum
CREATE TYPE "ProfileRequestState" AS ENUM ('waiting', 'granted', 'refused', 'expired', 'withdrawn', 'taken');

-- CreateTable
CREATE TABLE "SavedFilter" (
    "id" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "userId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "filter" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "SavedFilter_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ProfileRequest" (
    "id" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "profileId" UUID NOT NULL,
    "state" "ProfileRequestState" NOT NULL DEFAULT 'waiting',
    "holderKind" TEXT NOT NULL,
    "holderId" UUID NOT NULL,
    "holderUserId" UUID,
    "requestedById" UUID NOT NULL,
    "message" TEXT NOT NULL DEFAULT '',
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "answeredAt" TIMESTAMPTZ(3),
    "answeredById" UUID,

    CONSTRAINT "ProfileRequest_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "SavedFilter_projectId_userId_name_key" ON "SavedFilter"("projectId", "userId", "name");

-- CreateIndex
CREATE INDEX "ProfileRequest_profileId_createdAt_idx" ON "ProfileRequest"("profileId", "createdAt");

-- CreateIndex
CREATE INDEX "ProfileRequest_projectId_state_expiresAt_idx" ON "ProfileRequest"("projectId", "state", "expiresAt");

-- CreateIndex: of those that ask for one profile, one waits
CREATE UNIQUE INDEX "ProfileRequest_waiting_key" ON "ProfileRequest"("profileId") WHERE "state" = 'waiting';

-- AddForeignKey
ALTER TABLE "SavedFilter" ADD CONSTRAINT "SavedFilter_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "SavedFilter" ADD CONSTRAINT "SavedFilter_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ProfileRequest" ADD CONSTRAINT "ProfileRequest_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ProfileRequest" ADD CONSTRAINT "ProfileRequest_profileId_fkey" FOREIGN KEY ("profileId") REFERENCES "Profile"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ProfileRequest" ADD CONSTRAINT "ProfileRequest_requestedById_fkey" FOREIGN KEY ("requestedById") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ProfileRequest" ADD CONSTRAINT "ProfileRequest_holderUserId_fkey" FOREIGN KEY ("holderUserId") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;
