import { createContext, useContext, useEffect, useRef } from 'react';

/** Says something to a screen reader, politely. Nobody hears it outside of a list that has a live region. */
export const AnnounceContext = createContext<(words: string) => void>(() => {});

/** Announces words when they change, and not when they are there at first. */
export function useAnnouncement(words: string | undefined): void {
  const announce = useContext(AnnounceContext);
  const before = useRef(words);
  useEffect(() => {
    if (words === undefined || words === before.current) return;
    if (before.current !== undefined) announce(words);
    before.current = words;
  }, [words, announce]);
}
