import * as z from "zod";

/** Whether runs of a workflow keep a video of the page: all of them, only those that fail, or none, which is what is meant where nothing says. */
export const recordingVideoSchema = z.enum(["off", "failed", "always"]).meta({ id: "WorkflowVideo" });
export type RecordingVideo = z.infer<typeof recordingVideoSchema>;
