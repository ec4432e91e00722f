import { type CommandState, commandState, isFinal } from "@deskhand/shared/schemas/run";

/** The states of a run that is not over. */
export const activeStates: CommandState[] = commandState.options.filter((state) => !isFinal(state));

/** A run that its runner has not taken by then is not started any more: 24 hours after it was asked for, in milliseconds. */
export const START_WITHIN_MS = 24 * 60 * 60_000;
