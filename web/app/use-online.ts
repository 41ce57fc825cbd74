/** Whether the browser says that it is online. */
import { useEffect, useEffectEvent } from "react";
import { useSnapshot, type StoreView } from "../store";

const online: StoreView<boolean> = {
  getSnapshot: () => navigator.onLine,
  subscribe: (listener) => {
    window.addEventListener("online", listener);
    window.addEventListener("offline", listener);
    return () => {
      window.removeEventListener("online", listener);
      window.removeEventListener("offline", listener);
    };
  },
};

export function useOnline(): boolean {
  return useSnapshot(online);
}

/** Calls `resume` whenever the browser comes back online. */
export function useResumeOnline(resume: () => void): void {
  const onOnline = useEffectEvent(() => resume());
  useEffect(() => {
    const listener = (): void => onOnline();
    window.addEventListener("online", listener);
    return () => window.removeEventListener("online", listener);
  }, []);
}
