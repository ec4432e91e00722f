-- What was asked with an Idempotency-Key, and how it was answered.
CREATE TABLE "IdempotentRequest" (
  "actor" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "requestId" TEXT NOT NULL,
  "requestHash" TEXT NOT NULL,
  "answer" JSONB,
  "createdAt" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "IdempotentRequest_pkey" PRIMARY KEY ("actor", "key")
);
CREATE INDEX "IdempotentRequest_createdAt_idx" ON "IdempotentRequest"("createdAt");
