import { recordingJsonSchema } from "@deskhand/shared/schemas/recording-json-schema";

/** Open to everybody, so that any editor can check a workflow against it; it holds nothing of the installation. */
export function GET(): Response {
  return Response.json(recordingJsonSchema(), {
    headers: { "content-type": "application/schema+json", "access-control-allow-origin": "*", "cache-control": "public, max-age=3600" },
  });
}
