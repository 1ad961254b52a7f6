import { useEffect, useRef } from 'react';

/** Does something once no mouse button is held down and no finger rests on the screen: at once, or after the click. */
export function useWhenReleased(): (act: () => void) => void {
  const isHeld = useRef(false);
  const waiting = useRef<(() => void)[]>([]);
  useEffect(() => {
    const hold = () => {
      isHeld.current = true;
    };
    const release = () => {
      isHeld.current = false;
      const acts = waiting.current.splice(0);
      // The click follows in the same task as the release.
      if (acts.length > 0) setTimeout(() => acts.forEach(act => act()));
    };
    const options = { capture: true };
    document.addEventListener('pointerdown', hold, options);
    document.addEventListener('pointerup', release, options);
    document.addEventListener('pointercancel', release, options);
    return () => {
      document.removeEventListener('pointerdown', hold, options);
      document.removeEventListener('pointerup', release, options);
      document.removeEventListener('pointercancel', release, options);
    };
  }, []);
  return act => {
    if (isHeld.current) waiting.current.push(act);
    else act();
  };
}
