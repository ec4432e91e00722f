-- AlterTable
ALTER TABLE "Profile" ADD COLUMN     "appliedRevision" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "groupId" UUID,
ADD COLUMN     "holderId" UUID,
ADD COLUMN     "holderKind" TEXT,
ADD COLUMN     "holderSince" TIMESTAMPTZ(3),
ADD COLUMN     "notes" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "purgeAt" TIMESTAMPTZ(3),
ADD COLUMN     "revision" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "settings" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "stateFlags" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "tags" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "Command" ADD COLUMN     "result" JSONB;

-- CreateTable
CREATE TABLE "ProfileGroup" (
    "id" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ProfileGroup_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "ProfileGroup_projectId_name_key" ON "ProfileGroup"("projectId", "name");

-- CreateIndex
CREATE INDEX "Profile_projectId_name_idx" ON "Profile"("projectId", "name");

-- CreateIndex
CREATE INDEX "Profile_groupId_idx" ON "Profile"("groupId");

-- CreateIndex
CREATE INDEX "Profile_tags_idx" ON "Profile" USING GIN ("tags");

-- AddForeignKey
ALTER TABLE "Profile" ADD CONSTRAINT "Profile_groupId_fkey" FOREIGN KEY ("groupId") REFERENCES "ProfileGroup"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProfileGroup" ADD CONSTRAINT "ProfileGroup_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;
