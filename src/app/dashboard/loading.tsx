import { PageSkeleton } from "@/features/shell/shell-skeleton";

export default function Loading() {
  return <PageSkeleton />;
}
