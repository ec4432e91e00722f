-- AlterTable
ALTER TABLE "Run" ADD COLUMN     "proxyMismatch" TEXT;
