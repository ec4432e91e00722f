/** Where two runs are seen side by side; without the second, it is chosen there. */
export function compareAddress(a: string, b?: string): string {
  return `/dashboard/runs/compare?${new URLSearchParams({ a, ...(b && { b }) })}`;
}
