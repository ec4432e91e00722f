import { IconBrandApple, IconBrandWindows, IconDeviceDesktop } from "@tabler/icons-react";

const icons = { darwin: IconBrandApple, win32: IconBrandWindows } as Record<string, typeof IconDeviceDesktop>;

export function PlatformIcon({ platform, size = 18 }: { platform: string; size?: number }) {
  const Icon = icons[platform] ?? IconDeviceDesktop;
  return <Icon size={size} stroke={1.6} aria-hidden />;
}
