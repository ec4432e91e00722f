-- AlterTable
ALTER TABLE "Deployment" ADD COLUMN     "testName" TEXT,
ADD COLUMN     "workflows" JSONB;

-- AlterTable
ALTER TABLE "RunStep" ADD COLUMN     "turns" INTEGER NOT NULL DEFAULT 1;

-- CreateIndex
CREATE INDEX "Deployment_workflowVersionId_testName_idx" ON "Deployment"("workflowVersionId", "testName");
