import { useEffect, useState } from 'react';

/** The time, renewed every `intervalMs`: what is written relative to now stays true while the page is open. */
export function useNow(intervalMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), intervalMs);
    return () => clearInterval(timer);
  }, [intervalMs]);
  return now;
}
