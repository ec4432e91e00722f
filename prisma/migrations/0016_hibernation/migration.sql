-- AlterTable
ALTER TABLE "Profile" ADD COLUMN     "hibernatingSince" TIMESTAMPTZ(3);

-- Few of many hibernate, and the list is narrowed down to them
CREATE INDEX "Profile_list_hibernating_idx" ON "Profile"("projectId", "createdAt", "id") WHERE "deletedAt" IS NULL AND "hibernatingSince" IS NOT NULL;
