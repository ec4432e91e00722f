-- Where the service that was asked through a proxy says that it leads out.
ALTER TABLE "Proxy" ADD COLUMN "exitLatitude" DOUBLE PRECISION,
ADD COLUMN "exitLongitude" DOUBLE PRECISION;
