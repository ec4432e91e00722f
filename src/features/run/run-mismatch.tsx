import type { RunDetail } from "@deskhand/shared/schemas/run";
import { Alert, Anchor, Text } from "@mantine/core";
import { IconWorldExclamation } from "@tabler/icons-react";
import Link from "next/link";

/** That the sites of a run could see another place than its profile claims; nothing when they could not. */
export function RunMismatch({ run }: { run: RunDetail }) {
  // a run that it ended says so itself
  if (!run.proxyMismatch || run.failureCode === "PROXY_MISMATCH") return null;
  return (
    <Alert
      variant="light"
      color="yellow"
      role="status"
      mb="md"
      icon={<IconWorldExclamation size={18} aria-hidden />}
      title="The proxy’s exit does not fit the profile’s identity"
    >
      <Text size="sm" component="div">
        {run.proxyMismatch.replace(/\.?$/, ".")} Choose another proxy or change the device on{" "}
        <Anchor component={Link} href={`/dashboard/profiles/${run.profileId}`} inherit underline="always">
          the profile’s page
        </Anchor>
        .
      </Text>
    </Alert>
  );
}
