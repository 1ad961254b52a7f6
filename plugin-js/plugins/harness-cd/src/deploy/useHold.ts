import { useEffect, useRef, useState } from 'react';

/** The second half of a slow double click comes half a second after the first, and later from a slow hand, ms. */
const HOLD_MS = 1_000;

/**
 * Keeps a dialog as it is for a moment after something was sent from it: what stands where the button was must not be hit
 * by a click that was meant for the button.
 */
export function useHold() {
  const dialogRef = useRef<HTMLDivElement>(null);
  const [held, setHeld] = useState<{ height: number | undefined }>();
  useEffect(() => {
    if (!held) return undefined;
    const timer = setTimeout(() => setHeld(undefined), HOLD_MS);
    return () => clearTimeout(timer);
  }, [held]);
  return {
    dialogRef,
    /** How high the dialog stays; undefined where nothing was sent just now. */
    held,
    hold: () => setHeld({ height: dialogRef.current?.offsetHeight || undefined }),
  };
}
