-- CreateTable
CREATE TABLE "Parcel" (
    "id" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "tokenHash" TEXT NOT NULL,
    "bytes" INTEGER,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Parcel_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ParcelChunk" (
    "parcelId" UUID NOT NULL,
    "index" INTEGER NOT NULL,
    "data" BYTEA NOT NULL,

    CONSTRAINT "ParcelChunk_pkey" PRIMARY KEY ("parcelId","index")
);

-- CreateIndex
CREATE INDEX "Parcel_projectId_idx" ON "Parcel"("projectId");

-- CreateIndex
CREATE INDEX "Parcel_expiresAt_idx" ON "Parcel"("expiresAt");

-- AddForeignKey
ALTER TABLE "Parcel" ADD CONSTRAINT "Parcel_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ParcelChunk" ADD CONSTRAINT "ParcelChunk_parcelId_fkey" FOREIGN KEY ("parcelId") REFERENCES "Parcel"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- sealed bytes do not get smaller
ALTER TABLE "ParcelChunk" ALTER COLUMN "data" SET STORAGE EXTERNAL;
