import { proxyName } from "@deskhand/shared/schemas/export-proxies";
import type { PoolView } from "@deskhand/shared/schemas/proxy";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { Button, Group, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { notifyDone, notifyError } from "@/components/notify";
import { useProxyOrders } from "./use-proxy-orders.ts";

/** Says that a runner does not have this pool, and sends it there; this browser signs where the runner wants it. */
export function SendPool({ pool, runner }: { pool: PoolView; runner: RunnerView }) {
  const orders = useProxyOrders();
  const send = useMutation({
    mutationFn: () => orders.sendPool(pool, runner),
    onSuccess: (locked) => {
      const rest = locked.slice(0, 3).map(proxyName).join(", ");
      const more = locked.length > 3 ? ` and ${locked.length - 3} more` : "";
      const but = locked.length > 0 ? ` It cannot read the passwords of ${rest}${more}: save them again under Proxies.` : "";
      notifyDone(`${pool.name} was sent to ${runner.name}.${but}`);
    },
    onError: notifyError,
  });
  return (
    <Group gap={6} mt={4}>
      <Text size="xs" c="dimmed">
        Not on {runner.name}
      </Text>
      <Button size="compact-xs" variant="default" loading={send.isPending} onClick={() => send.mutate()}>
        Send to {runner.name}
      </Button>
    </Group>
  );
}
