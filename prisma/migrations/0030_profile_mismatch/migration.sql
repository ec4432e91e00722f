-- When a program was last kept from a profile because of its proxy's exit, by its runner's clock.
ALTER TABLE "Profile" ADD COLUMN "mismatchAt" TIMESTAMPTZ(3);
