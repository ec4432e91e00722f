-- AlterTable
ALTER TABLE "Runner" ADD COLUMN     "backup" JSONB,
ADD COLUMN     "backupToldAt" TIMESTAMPTZ(3);
