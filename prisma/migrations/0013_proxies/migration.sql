-- CreateTable
CREATE TABLE "Proxy" (
    "id" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "name" TEXT,
    "scheme" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "port" INTEGER NOT NULL,
    "username" TEXT,
    "passwordSealed" TEXT,
    "changeUrlSealed" TEXT,
    "knownTo" UUID[] DEFAULT ARRAY[]::UUID[],
    "revision" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "checkedAt" TIMESTAMPTZ(3),
    "exitAddress" TEXT,
    "exitCountry" TEXT,
    "exitTimeZone" TEXT,
    "latencyMs" INTEGER,
    "failureCode" TEXT,

    CONSTRAINT "Proxy_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ProxyPool" (
    "id" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "strategy" TEXT NOT NULL,
    "coolDownSeconds" INTEGER NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ProxyPool_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ProxyPoolMember" (
    "poolId" UUID NOT NULL,
    "proxyId" UUID NOT NULL,
    "position" INTEGER NOT NULL,

    CONSTRAINT "ProxyPoolMember_pkey" PRIMARY KEY ("poolId","proxyId")
);

-- CreateTable
CREATE TABLE "ProxyUsage" (
    "profileId" UUID NOT NULL,
    "proxyId" UUID NOT NULL,
    "bytesSent" BIGINT NOT NULL DEFAULT 0,
    "bytesReceived" BIGINT NOT NULL DEFAULT 0,
    "lastUsedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ProxyUsage_pkey" PRIMARY KEY ("profileId","proxyId")
);

-- CreateIndex
CREATE INDEX "Proxy_projectId_createdAt_idx" ON "Proxy"("projectId", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "ProxyPool_projectId_name_key" ON "ProxyPool"("projectId", "name");

-- CreateIndex
CREATE INDEX "ProxyPoolMember_proxyId_idx" ON "ProxyPoolMember"("proxyId");

-- CreateIndex
CREATE INDEX "ProxyUsage_proxyId_idx" ON "ProxyUsage"("proxyId");

-- AddForeignKey
ALTER TABLE "Proxy" ADD CONSTRAINT "Proxy_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProxyPool" ADD CONSTRAINT "ProxyPool_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProxyPoolMember" ADD CONSTRAINT "ProxyPoolMember_poolId_fkey" FOREIGN KEY ("poolId") REFERENCES "ProxyPool"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProxyPoolMember" ADD CONSTRAINT "ProxyPoolMember_proxyId_fkey" FOREIGN KEY ("proxyId") REFERENCES "Proxy"("id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProxyUsage" ADD CONSTRAINT "ProxyUsage_profileId_fkey" FOREIGN KEY ("profileId") REFERENCES "Profile"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProxyUsage" ADD CONSTRAINT "ProxyUsage_proxyId_fkey" FOREIGN KEY ("proxyId") REFERENCES "Proxy"("id") ON DELETE CASCADE ON UPDATE CASCADE;
