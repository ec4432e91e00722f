import * as z from "zod";
import { id, inProject, instant, name, pageInput, pageOf } from "./common.ts";
import { schedule } from "./schedule.ts";

/** The text of a Chrome DevTools Recorder JSON file, at most 2 MB (checked where it is parsed, so that the answer can say so). */
const recordingText = z.string();

/** To be tested first: it gets a number and is nowhere the latest. The same content without it publishes what was tested. */
const draft = z.boolean();

export const createWorkflowInput = inProject.extend({
  /** When absent the recording's title is the name. */
  name: name.optional(),
  recording: recordingText,
  draft: draft.optional(),
});

export const addWorkflowVersionInput = z.object({
  id,
  recording: recordingText,
  draft: draft.optional(),
  /** The content hash of the version that this one was made from: WORKFLOW_MOVED_ON when another is the latest by now. */
  basedOn: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});
export const renameWorkflowInput = z.object({ id, name });
export const listWorkflowsInput = inProject.extend({ ...pageInput.shape, search: z.string().max(80).optional() });
export const getWorkflowVersionInput = z.object({ id, number: z.coerce.number().int().min(1).optional() });
/** Nothing is kept, so a signed-in person need not name a project. */
export const checkRecordingInput = inProject.extend({ recording: recordingText });

/**
 * What is wrong with a recording: the 0-based step as steps are counted through the whole document (null for the document itself), where
 * that step stands (`steps[2].parameters.else[0]`), the field and words.
 */
export const recordingIssue = z.object({
  step: z.number().int().nullable(),
  path: z.string().default(""),
  field: z.string(),
  message: z.string(),
});
export type RecordingIssue = z.infer<typeof recordingIssue>;

/** A step as people read it, for example Click · button "Sign in". */
export const stepView = z.object({
  index: z.number().int(),
  type: z.string(),
  verb: z.string(),
  target: z.string(),
  detail: z.string().nullable(),
  /** How many blocks it is inside of; the one right around it is the last step before it that is one less deep. */
  depth: z.number().int().default(0),
});
export type StepView = z.infer<typeof stepView>;

/** What a recording is about, or what is wrong with it. */
export const checkedRecordingView = z.discriminatedUnion("ok", [
  z.object({
    ok: z.literal(true),
    title: z.string(),
    steps: z.array(stepView),
    inputSchema: z.record(z.string(), z.unknown()).nullable(),
  }),
  z.object({ ok: z.literal(false), issues: z.array(recordingIssue) }),
]);
export type CheckedRecordingView = z.infer<typeof checkedRecordingView>;

export const workflowView = z.object({
  id,
  projectId: id,
  name: z.string(),
  latestVersion: z.number().int(),
  stepCount: z.number().int(),
  lastRunState: z.string().nullable(),
  lastRunAt: instant.nullable(),
  createdAt: instant,
  updatedAt: instant,
});
export type WorkflowView = z.infer<typeof workflowView>;
export const workflowPage = pageOf(workflowView);

export const workflowVersionView = z.object({
  id,
  workflowId: id,
  number: z.number().int(),
  contentHash: z.string(),
  draft: z.boolean().default(false),
  /** The content hash of the version that it was made from; null for a first one, and where that is not known. */
  basedOn: z.string().nullable().default(null),
  createdAt: instant,
  createdBy: z.string().nullable(),
});
export type WorkflowVersionView = z.infer<typeof workflowVersionView>;
export const workflowVersionList = z.object({ items: z.array(workflowVersionView) });

/** A version with its content: steps to read, the JSON Schema of its inputs, and the recording itself. */
export const workflowVersionDetail = workflowVersionView.extend({
  steps: z.array(stepView),
  inputSchema: z.record(z.string(), z.unknown()).nullable(),
  recording: z.record(z.string(), z.unknown()),
});
export type WorkflowVersionDetail = z.infer<typeof workflowVersionDetail>;

/** The details of WORKFLOW_SCHEDULED: what may still begin a workflow that somebody wants to delete, the newest first; at most 20 of `count`. */
export const workflowScheduled = z.object({
  count: z.number().int(),
  schedules: z.array(z.object({ deploymentId: id, schedule, runnerName: z.string() })),
});
export type WorkflowScheduled = z.infer<typeof workflowScheduled>;
