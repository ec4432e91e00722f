-- A deployment whose run is recorded in a window on its runner's screen.
ALTER TABLE "Deployment" ADD COLUMN "recordWindow" BOOLEAN NOT NULL DEFAULT false;
