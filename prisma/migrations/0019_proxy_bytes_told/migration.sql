-- What runners have told last of the bytes that sessions sent over proxies: they tell sums.
CREATE TABLE "ProxyBytesTold" (
    "runnerId" UUID NOT NULL,
    "profileId" UUID NOT NULL,
    "proxyId" UUID NOT NULL,
    "bytesSent" BIGINT NOT NULL,
    "bytesReceived" BIGINT NOT NULL,

    CONSTRAINT "ProxyBytesTold_pkey" PRIMARY KEY ("runnerId","profileId","proxyId")
);

-- CreateIndex
CREATE INDEX "ProxyBytesTold_profileId_idx" ON "ProxyBytesTold"("profileId");

-- CreateIndex
CREATE INDEX "ProxyBytesTold_proxyId_idx" ON "ProxyBytesTold"("proxyId");

-- AddForeignKey
ALTER TABLE "ProxyBytesTold" ADD CONSTRAINT "ProxyBytesTold_runnerId_fkey" FOREIGN KEY ("runnerId") REFERENCES "Runner"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProxyBytesTold" ADD CONSTRAINT "ProxyBytesTold_profileId_fkey" FOREIGN KEY ("profileId") REFERENCES "Profile"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProxyBytesTold" ADD CONSTRAINT "ProxyBytesTold_proxyId_fkey" FOREIGN KEY ("proxyId") REFERENCES "Proxy"("id") ON DELETE CASCADE ON UPDATE CASCADE;
