import { Anchor } from "@mantine/core";
import Link from "next/link";
import { Panel } from "@/components/panel";

/** Where the keys are that sign what is deployed. */
export function SigningKeysLink() {
  return (
    <Panel
      title="Signing keys"
      description="The browsers and command lines that sign what runners are asked to do, and the runners that trust them."
    >
      <Anchor component={Link} href="/dashboard/signing-keys" size="sm">
        Show the signing keys
      </Anchor>
    </Panel>
  );
}
