/* eslint-disable jsx-a11y/no-redundant-roles -- browsers take the role of a list away with its bullets */
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import {
  defaultRangeExtractor,
  type Range,
  useVirtualizer,
  useWindowVirtualizer,
  type Virtualizer,
} from '@tanstack/react-virtual';
import { offsetIn, scrollerOf } from './scrollerOf';
import styles from './list.module.css';

/** So many rows are there beyond both edges of what is seen, so that the keyboard finds the next one. */
const OVERSCAN = 8;

/** Rows of a list that may be long: those out of sight are not on the page. */
export interface VirtualListProps<T> {
  items: readonly T[];
  keyOf: (item: T) => string;
  /** What the list is called. */
  label: string;
  /** How high a row is about, px; each is measured once it is there. */
  rowHeight: number;
  /** Whether there are more than these, which {@link VirtualListProps.onEnd} brings. */
  hasMore?: boolean;
  /** The last of the items is close. */
  onEnd?: () => void;
  children: (item: T) => ReactNode;
}

interface Rows<T> extends VirtualListProps<T> {
  list: HTMLOListElement;
  scroller: HTMLElement | null;
}

/** How far the list is below the beginning of what scrolls; what is above it may come later, and may grow. */
function useOffset({ list, scroller }: Pick<Rows<unknown>, 'list' | 'scroller'>): number {
  const [offset, setOffset] = useState(() => offsetIn(scroller, list));
  useLayoutEffect(() => {
    const measure = () => setOffset(Math.round(offsetIn(scroller, list)));
    const observer = new ResizeObserver(measure);
    // Whatever moves the list changes the size of one of those around it.
    for (let one = list.parentElement; one && one !== scroller; one = one.parentElement) observer.observe(one);
    measure();
    return () => observer.disconnect();
  }, [list, scroller]);
  return offset;
}

/** What both kinds of scrolling have in common. The row that has the focus stays, wherever the page is scrolled to. */
function useOptions<T>({ items, keyOf, rowHeight, list, scroller }: Rows<T>) {
  const [focused, setFocused] = useState<number>();
  const scrollMargin = useOffset({ list, scroller });
  useEffect(() => {
    const follow = ({ target }: { target: EventTarget | null }) => {
      const row = target instanceof Element ? target.closest('[data-index]') : null;
      setFocused(row && list.contains(row) ? Number(row.getAttribute('data-index')) : undefined);
    };
    document.addEventListener('focusin', follow);
    return () => document.removeEventListener('focusin', follow);
  }, [list]);
  const rangeExtractor = (range: Range) => {
    const seen = defaultRangeExtractor(range);
    if (focused === undefined || focused >= range.count || seen.includes(focused)) return seen;
    return [...seen, focused].sort((one, other) => one - other);
  };
  return {
    count: items.length,
    estimateSize: () => rowHeight,
    getItemKey: (index: number) => keyOf(items[index]),
    overscan: OVERSCAN,
    scrollMargin,
    rangeExtractor,
  };
}

function RowsInSight<T, S extends Element | Window>(props: Rows<T> & { virtualizer: Virtualizer<S, Element> }) {
  const { items, virtualizer, hasMore = false, onEnd, list, children } = props;
  const rows = virtualizer.getVirtualItems();
  const isAtEnd = hasMore && (rows.at(-1)?.index ?? -1) >= items.length - 1;
  useEffect(() => {
    if (isAtEnd) onEnd?.();
  }, [isAtEnd, items.length, onEnd]);
  const height = virtualizer.getTotalSize();
  useLayoutEffect(() => {
    list.style.height = `${height}px`;
  }, [list, height]);
  return (
    <>
      {rows.map(({ index, key, start }) => (
        <li
          key={key}
          ref={virtualizer.measureElement}
          className={styles.row}
          style={{ transform: `translateY(${start - virtualizer.options.scrollMargin}px)` }}
          data-index={index}
          aria-posinset={index + 1}
          // How many there are is known once the last ones are there.
          aria-setsize={hasMore ? -1 : items.length}
        >
          {children(items[index])}
        </li>
      ))}
    </>
  );
}

function RowsOfElement<T>(props: Rows<T>) {
  const { scroller } = props;
  const virtualizer = useVirtualizer({ ...useOptions(props), getScrollElement: () => scroller });
  return <RowsInSight {...props} virtualizer={virtualizer} />;
}

function RowsOfWindow<T>(props: Rows<T>) {
  return <RowsInSight {...props} virtualizer={useWindowVirtualizer(useOptions(props))} />;
}

/** A list of which only the rows in sight are on the page, with whatever of the page scrolls. */
export function VirtualList<T>(props: VirtualListProps<T>) {
  const [place, setPlace] = useState<Pick<Rows<T>, 'list' | 'scroller'>>();
  const list = useRef<HTMLOListElement>(null);
  useLayoutEffect(() => {
    if (list.current) setPlace({ list: list.current, scroller: scrollerOf(list.current) });
  }, []);
  const RowsOf = place?.scroller ? RowsOfElement : RowsOfWindow;
  return (
    <ol ref={list} role="list" className={styles.list} aria-label={props.label}>
      {place && <RowsOf {...props} {...place} />}
    </ol>
  );
}
