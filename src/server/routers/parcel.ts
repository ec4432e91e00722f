import { createParcelInput, parcelView } from "@deskhand/shared/schemas/parcel";
import { createParcel } from "@/server/domain/parcel/create-parcel";
import { procedure, router } from "./trpc.ts";

export const parcelRouter = router({
  create: procedure
    .meta({
      policy: "profile.write",
      secretAnswer: true,
      openapi: {
        method: "POST",
        path: "/parcels",
        tags: ["Profiles"],
        summary: "Make room for a sealed file on its way; it is put to, taken from and removed from /relay/parcels/{id} with its token",
        protect: true,
      },
    })
    .input(createParcelInput)
    .output(parcelView)
    .mutation(({ ctx, input }) => createParcel(ctx, input)),
});
