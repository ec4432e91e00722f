/** What is known of a refusal by a runner's policy: kind, rule and subject as they are on the wire. */
export type RefusalFacts = { kind: string; rule: string; subject: string };
export type RefusalWords = { title: string; whatToDo: string };

/** The rule that a host meets when no rule is about it. */
export const nothingAllows = "nothing allows it";

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
    default:
      return { title: `${subject} was refused by this runner's policy: ${rule}.`, whatToDo: "“deskhand policy show” tells the rules." };
  }
}
