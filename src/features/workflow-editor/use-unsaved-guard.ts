import { useEffect, useRef, useState } from "react";

/**
 * Asks before unsaved changes are left behind: by a link, by the browser's back button, or by closing the tab (where the browser asks in
 * its own words). `leaving` is what goes on when the person says so.
 */
export function useUnsavedGuard(unsaved: boolean, go: (href: string) => void) {
  const [leaving, setLeaving] = useState<(() => void) | null>(null);
  const allowed = useRef(false);
  useEffect(() => {
    if (!unsaved) return;
    allowed.current = false;
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    const onClick = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest("a") : null;
      const isElsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0 || link?.target === "_blank";
      if (!link || isElsewhere || link.origin !== location.origin || link.hasAttribute("download")) return;
      if (link.pathname === location.pathname) return;
      event.preventDefault();
      event.stopPropagation();
      setLeaving(() => () => go(link.pathname + link.search));
    };
    const history = (window as { navigation?: EventTarget }).navigation;
    const onNavigate = (event: Event) => {
      if ((event as Event & { navigationType?: string }).navigationType !== "traverse" || !event.cancelable || allowed.current) return;
      event.preventDefault();
      setLeaving(() => () => {
        allowed.current = true;
        window.history.back();
      });
    };
    window.addEventListener("beforeunload", onUnload);
    // before the link's own handler, which would go there
    document.addEventListener("click", onClick, { capture: true });
    history?.addEventListener("navigate", onNavigate);
    return () => {
      window.removeEventListener("beforeunload", onUnload);
      document.removeEventListener("click", onClick, { capture: true });
      history?.removeEventListener("navigate", onNavigate);
    };
  }, [unsaved, go]);
  return { leaving, stay: () => setLeaving(null) };
}
