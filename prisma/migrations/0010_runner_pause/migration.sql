-- AlterTable
ALTER TABLE "Runner" ADD COLUMN     "paused" BOOLEAN NOT NULL DEFAULT false;
