/** What moves when a part of the page is scrolled: the nearest of its ancestors that scrolls, or the window. */
export function scrollerOf(element: Element): HTMLElement | null {
  for (let one = element.parentElement; one && one !== document.body; one = one.parentElement) {
    if (/auto|scroll|overlay/.test(getComputedStyle(one).overflowY)) return one;
  }
  return null;
}

/** How far a part of the page is below the beginning of what scrolls, px. */
export function offsetIn(scroller: HTMLElement | null, element: Element): number {
  const top = element.getBoundingClientRect().top;
  if (!scroller) return top + window.scrollY;
  return top - scroller.getBoundingClientRect().top - scroller.clientTop + scroller.scrollTop;
}
