/** @jsxImportSource preact */
import type { Approval } from "../approvals.ts";
import type { PageModel } from "./page-model.ts";
import { Ago, Empty, ErrorLine, Section, useAsking } from "./parts.tsx";

/** What waits for the word of the person at this computer. */
export function ApprovalsSection({ approvals, model }: { approvals: Approval[]; model: PageModel }) {
  return (
    <Section id="approvals" title="Waiting for your approval">
      {approvals.length === 0 ? (
        <Empty>Nothing is waiting. What needs your word appears here; only this computer can give it.</Empty>
      ) : (
        <ul class="list">
          {approvals.map((approval) => (
            <Waiting key={approval.id} approval={approval} model={model} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function Waiting({ approval, model }: { approval: Approval; model: PageModel }) {
  const { busy, error, ask } = useAsking();
  const { id, title, lines, fingerprint, at } = approval;
  const decide = (decision: "approve" | "reject") => void ask(() => model.change("/api/approvals", { id, decision }));
  return (
    <li class="approval">
      <div class="line">
        <h3>{title}</h3>
        <span class="dim">
          <Ago at={at} />
        </span>
      </div>
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {fingerprint && (
        <p>
          <span class="dim">Fingerprint </span>
          <code class="fingerprint">{fingerprint}</code>
        </p>
      )}
      <div class="pair">
        <button type="button" class="primary" disabled={busy} aria-label={`Approve: ${title}`} onClick={() => decide("approve")}>
          Approve
        </button>
        <button type="button" disabled={busy} aria-label={`Reject: ${title}`} onClick={() => decide("reject")}>
          Reject
        </button>
      </div>
      {error && <ErrorLine>{error}</ErrorLine>}
    </li>
  );
}
