import { isErrorCode } from "@deskhand/shared/error-codes";
import { errorWords } from "@deskhand/shared/error-words";
import type { ProfileMoveView } from "@deskhand/shared/schemas/profile-move";
import { describeRunFailure, isRunFailureCode } from "@deskhand/shared/schemas/run-failure";

/** Why a profile was not sent on its way. */
export function refusalWords(code: string): string {
  return isErrorCode(code) ? errorWords[code].title : "It could not be moved.";
}

/** What becomes of a move. */
export function moveWords({ state, failureCode, from, to }: Pick<ProfileMoveView, "state" | "failureCode" | "from" | "to">): string {
  switch (state) {
    case "waiting":
      return `waits for others on their way to ${to.name}`;
    case "sending":
      return `${from.name} is putting it together for ${to.name}`;
    case "taking":
      return `${to.name} is taking it`;
    case "moved":
      return `is on ${to.name}`;
    case "cancelled":
      return `stays on ${from.name}: the move was stopped`;
    case "failed": {
      const { title, whatToDo } = describeRunFailure(isRunFailureCode(failureCode) ? failureCode : "INTERNAL");
      return `stays on ${from.name}: ${title} ${whatToDo}`;
    }
  }
}
