import type { MoveState } from "@deskhand/shared/schemas/profile-move";

/** Moves of a project that are under way at once: as many files as may lie with the server. */
export const MOVES_AT_ONCE = 10;

export const activeMoves = ["waiting", "sending", "taking"] as const satisfies readonly MoveState[];
