import { useEffect, useState } from "react";

const TICK_MS = 20_000;

/** The time in milliseconds since the epoch, as far as words like "5 minutes ago" need it. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
