/** What is known of a refusal by a runner's policy: kind, rule and subject as they are on the wire. */
export type RefusalFacts = { kind: string; rule: string; subject: string };
export type RefusalWords = { title: string; whatToDo: string };

/** The rule that a host meets when no rule is about it. */
export const nothingAllows = "nothing allows it";

/** What a runner holds against a signature. */
export const signatureRules = {
  missing: "it was not signed",
  unreadable: "the signature cannot be read",
  unknownKey: "the key was not approved here",
  revokedKey: "the key was revoked",
  wrong: "the signature does not match",
  otherRunner: "it was signed for another runner",
  expired: "the signature has expired",
  changed: "what came is not what was signed",
  notTriggered: "no trigger on this computer lets the server begin it",
  replayed: "it was signed for one run only, which was had",
} as const;

const signatureHelp: Record<string, string | undefined> = {
  [signatureRules.missing]:
    "Deploy it from the dashboard or with “deskhand deploy”, which sign it; or run “deskhand policy set signatures optional” on the runner's computer to do without.",
  [signatureRules.unknownKey]:
    "On the runner's computer “deskhand keys list” shows the keys that ask, and “deskhand keys approve FINGERPRINT” approves one; then run it again.",
  [signatureRules.expired]: "Deploy it again: a signature holds for two days.",
  [signatureRules.notTriggered]:
    "Its trigger has ended, is paused here, or has begun as many runs in this hour as was signed for. Look at the deployment's page.",
  [signatureRules.changed]:
    "Deploy it again. If it happens again, something between you and the runner changes what you sign: ask whoever runs the server.",
};
/** The rule that the address of the runner's local page meets, whatever allows it. */
export const ownPage = "it is the runner's own page";

/** The words for a refusal: what was refused by which rule, and how to allow it on the device. */
export function describeRefusal({ kind, rule, subject }: RefusalFacts): RefusalWords {
  switch (kind) {
    case "host":
      return {
        title: `${subject} is refused by this runner's policy: ${rule}.`,
        whatToDo:
          rule === nothingAllows
            ? `If it should be opened, run “deskhand policy allow ${subject}” on the runner's computer, then run it again.`
            : rule.endsWith("(set by the project)")
              ? "An admin of the project set this on the runner's page; it can be lifted there."
              : `If it should be opened, run “deskhand policy remove ${rule.replace(/^deny /, "")}” on the runner's computer, then run it again.`,
      };
    case "address":
      return {
        title: `${subject} is refused by this runner's policy: ${rule}.`,
        whatToDo: `If that is meant, run “deskhand policy allow ${subject} --private” on the runner's computer, or allow the address itself; then run it again.`,
      };
    case "local":
      return {
        title: `${subject} is refused by this runner's policy: ${rule}.`,
        whatToDo: "Nothing lets a run open it: what a runner may do is decided there, by the person at its computer.",
      };
    case "scheme":
      return {
        title: `An address of the kind “${subject}” is refused by this runner's policy: ${rule}.`,
        whatToDo: "Open web pages only: their addresses begin with http or https.",
      };
    case "download":
      return {
        title: `A download was refused by this runner's policy: ${rule}.`,
        whatToDo: "Run “deskhand policy set max-download SIZE” on the runner's computer to allow more.",
      };
    case "code":
    case "files":
      return {
        title: `This runner's policy does not let workflows ${kind === "code" ? "run code of their own on its computer" : "reach its files"}: ${rule}.`,
        whatToDo: `If that is meant, run “deskhand policy set ${kind} on” on the runner's computer, then run it again.`,
      };
    case "member":
      return {
        title: `This runner's policy does not let this person command it: ${rule}.`,
        whatToDo: "Run “deskhand policy set members everyone”, or with the ids of those who may, on the runner's computer.",
      };
    case "damaged":
      return {
        title: "The runner's policy cannot be read, so it refuses everything.",
        whatToDo:
          "On its computer “deskhand policy show” says what is wrong, and “deskhand policy reset” begins again with nothing allowed.",
      };
    case "widening":
      return {
        title: `The server asked for more than this runner's policy allows (${subject}), and was passed over: ${rule}.`,
        whatToDo: "Nothing: the server may only tighten. What is allowed is decided on the runner's computer.",
      };
    case "signature":
      return {
        title: `This runner does only what was signed for it: ${rule}${subject === "signature" ? "" : ` (${subject})`}.`,
        whatToDo: signatureHelp[rule] ?? "Deploy it again from a browser or command line that was approved on the runner's computer.",
      };
    default:
      return { title: `${subject} was refused by this runner's policy: ${rule}.`, whatToDo: "“deskhand policy show” tells the rules." };
  }
}
