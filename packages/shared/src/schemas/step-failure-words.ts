import type { FailureEntry } from "./run-failure.ts";

/** The words for what goes wrong in a step. */
export const stepFailureWords = {
  SELECTOR_NOT_FOUND: {
    title: ({ selector, seconds }) =>
      `${selector ? `${selector} was` : "What the step looks for was"} not found on the page${seconds ? ` within ${seconds} s` : ""}.`,
    whatToDo: "Look at the step's screenshot. Record the step again if the page has changed, or give the step a longer timeout.",
  },
  ELEMENT_NOT_READY: {
    title: ({ selector, seconds }) =>
      `${selector ?? "The element"} was found but could not be used${seconds ? ` within ${seconds} s` : ""}: hidden, moving, covered or disabled.`,
    whatToDo: "Look at the step's screenshot for what covers it, for example a cookie notice, and add a step that closes it.",
  },
  NAVIGATION_FAILED: {
    title: ({ reason }) => `The page could not be opened${reason ? `: ${reason}` : ""}.`,
    whatToDo: "Check the address, and that the runner's computer can reach it.",
  },
  STEP_TIMEOUT: {
    title: ({ seconds }) => `The step was not done in time${seconds ? ` (${seconds} s)` : ""}.`,
    whatToDo: "Give the step a longer timeout, or add a step before it that waits for the page.",
  },
  STEP_INVALID: {
    title: ({ reason }) => `The step cannot be carried out${reason ? `: ${reason}` : ""}.`,
    whatToDo: "Correct the step in the editor and save it as a new version.",
  },
  ASSERTION_FAILED: {
    title: ({ reason }) => `A check did not hold${reason ? `: ${reason}` : ""}.`,
    whatToDo: "Compare the step's screenshot with what the check expects.",
  },
  EXPRESSION_FAILED: {
    title: "The expression to wait for failed or did not become true.",
    whatToDo: "Try the expression in the browser's console on that page.",
  },
  TARGET_NOT_FOUND: {
    title: "The pop-up window that the step belongs to did not open.",
    whatToDo: "Check that the step before it opens the pop-up and that its address is the same each time.",
  },
  FRAME_NOT_FOUND: {
    title: "The frame that the step belongs to is not on the page.",
    whatToDo: "Record the step again: the page's frames have changed.",
  },
  PAGE_CLOSED: {
    title: "The page was closed before the step could be done.",
    whatToDo: "Check for a close step, or a page that closes itself, before this step.",
  },
  PAGE_CRASHED: {
    title: "The page crashed.",
    whatToDo: "Run it again. If it crashes each time, the page may need more memory than the computer has free.",
  },
  CONDITION_NOT_MET: {
    title: ({ seconds }) => `What the step waits for did not come true${seconds ? ` within ${seconds} s` : ""}.`,
    whatToDo: "Look at the step's screenshot, and give the step a longer timeout if the page only needs more time.",
  },
  VALUE_INVALID: {
    title: ({ reason }) => `A value is not what it has to be${reason ? `: ${reason}` : ""}.`,
    whatToDo: "Look at where the value comes from, and at the type that the variable is declared with.",
  },
  LOOP_LIMIT: {
    title: ({ reason }) => `The loop's condition still held after as many turns as it may have${reason ? ` (${reason})` : ""}.`,
    whatToDo: "Check the condition, or let the loop have more turns.",
  },
  HTTP_FAILED: {
    title: ({ reason }) => `The request did not succeed${reason ? `: ${reason}` : ""}.`,
    whatToDo: "Check the address and what is sent, or say in the step which statuses are right.",
  },
  DOWNLOAD_FAILED: {
    title: ({ reason }) => `The download did not succeed${reason ? `: ${reason}` : ""}.`,
    whatToDo: "Look at the step's screenshot, and check that what it clicks has a download begin.",
  },
  SCRIPT_FAILED: {
    title: ({ reason }) => `The script failed in the page${reason ? ` (${reason})` : ""}.`,
    whatToDo: "Try it in the browser's console on that page.",
  },
  CODE_FAILED: {
    title: ({ reason }) => `The code failed on the runner${reason ? ` (${reason})` : ""}.`,
    whatToDo: "Correct the code in the workflow and try it again.",
  },
  WORKFLOW_MISSING: {
    title: ({ reason }) => `The runner does not have the workflow that the step runs${reason ? ` (${reason})` : ""}.`,
    whatToDo: "Deploy it again. If that workflow was deleted, choose another one in the step.",
  },
  PERSON_MISSING: {
    title: ({ seconds }) => `Nobody did what the run asked for${seconds ? ` within ${seconds} s` : ""}.`,
    whatToDo: "Run it again when somebody is there, or give the step more time.",
  },
  AI_MISSING: {
    title: "This step needs a model, and runners cannot ask one yet.",
    whatToDo: "Turn the step off, or replace it by steps that do the same.",
  },
  TEST_FAILED: {
    title: ({ reason }) => `The run read something else than its test expects${reason ? `: ${reason}` : ""}.`,
    whatToDo: "Compare the run's result data with the test. If the site has changed for good, correct what the test expects.",
  },
} satisfies Record<string, FailureEntry>;
