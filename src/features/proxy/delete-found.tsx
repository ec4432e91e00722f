import type { ProxyView } from "@deskhand/shared/schemas/proxy";
import { Button } from "@mantine/core";
import { useState } from "react";
import { ConfirmModal } from "@/components/confirm-button";
import { notifyDone, notifyError } from "@/components/notify";
import { useProxyOrders } from "./use-proxy-orders.ts";

/** Deletes what a filter found, also what is not shown yet; what profiles or pools use stays. `find` resolves to all that match. */
export function DeleteFound({ find }: { find: () => Promise<ProxyView[]> }) {
  const orders = useProxyOrders();
  const [found, setFound] = useState<ProxyView[] | null>(null);
  const [isLooking, setLooking] = useState(false);
  const free = found?.filter(({ usedBy }) => usedBy === 0) ?? [];
  const used = (found?.length ?? 0) - free.length;
  const look = async () => {
    setLooking(true);
    await find().then(setFound, notifyError);
    setLooking(false);
  };
  return (
    <>
      <Button variant="default" color="red" loading={isLooking} onClick={() => void look()}>
        Delete what is found
      </Button>
      <ConfirmModal
        opened={found !== null}
        onClose={() => setFound(null)}
        title={`Delete ${words(free.length)}?`}
        confirmLabel="Delete proxies"
        onConfirm={async () => {
          if (free.length > 0) await orders.remove(free.map(({ id }) => id));
          notifyDone(`${words(free.length)} deleted.`);
        }}
        message={`Your runners forget them and their passwords. What they have carried for profiles is not counted any more.${
          used > 0 ? ` ${words(used)} that profiles or pools use ${used === 1 ? "stays" : "stay"}.` : ""
        }`}
      />
    </>
  );
}

function words(count: number): string {
  return count === 1 ? "1 proxy" : `${count.toLocaleString("en")} proxies`;
}
