/** Something that waits for the word of the person at this computer: only here can it be given. */
export type Approval = {
  id: string;
  /** What is asked, as a question or a short sentence. */
  title: string;
  /** What there is to know before one decides, a sentence each. */
  lines: string[];
  /** To compare with what the other side shows, where there is a key. */
  fingerprint: string | null;
  /** When it was asked, milliseconds since the epoch. */
  at: number;
};

/** What waits for approval, and the way to decide it. */
export type Approvals = {
  /** Oldest first. */
  list(): Approval[];
  /** Throws when that is not asked any more. */
  decide(id: string, decision: "approve" | "reject"): void;
  /** Set by who shows them; to be called whenever the list is another one. */
  onChange: () => void;
};
