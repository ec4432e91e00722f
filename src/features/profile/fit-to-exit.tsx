import { fitIdentity } from "@deskhand/shared/schemas/fit-identity";
import type { Identity } from "@deskhand/shared/schemas/identity";
import type { ProxySetting } from "@deskhand/shared/schemas/proxy-setting";
import { Button, Group, Text } from "@mantine/core";
import { countryWords } from "@/features/proxy/proxy-words";
import { useExit } from "./use-exit.ts";

type Props = { way: ProxySetting; identity: Identity; onFit: (identity: Identity) => void };

/** Sets languages, time zone and place to where the profile's proxy leads out. */
export function FitToExit({ way, identity, onFit }: Props) {
  const exit = useExit(way);
  const where = exit && [exit.country && countryWords(exit.country), exit.timeZone].filter(Boolean).join(", ");
  return (
    <Group gap="xs">
      <Button variant="default" size="xs" disabled={!exit} onClick={() => exit && onFit(fitIdentity(identity, exit))}>
        Fit to the proxy's exit
      </Button>
      <Text size="xs" c="dimmed">
        {exit ? where || exit.address : "Where it leads out is not known: check it under Proxies."}
      </Text>
    </Group>
  );
}
