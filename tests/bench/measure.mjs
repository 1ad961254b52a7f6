// Ways of doing the same work, measured beside each other: in random order inside each repetition, and each ratio is
// taken within one repetition, so that the machine's moods fall on all of them.

export const median = values => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Milliseconds that some work takes. */
export function milliseconds(work) {
  const begin = performance.now();
  work();
  return performance.now() - begin;
}

/** The times of each way: `ways` to `repetitions` numbers, whatever `take` measures of one way. */
export function measure(ways, repetitions, take) {
  const times = new Map(ways.map(way => [way, []]));
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    for (const way of shuffled(ways)) times.get(way).push(take(way));
  }
  return times;
}

/** How many times as long as `base` a way takes: `median (min–max)` over the repetitions. */
export function ratio(taken, base, digits) {
  const ratios = taken.map((time, repetition) => time / base[repetition]);
  const [middle, least, most] = [median(ratios), Math.min(...ratios), Math.max(...ratios)].map(value =>
    value.toFixed(digits),
  );
  return `${middle}x (${least}–${most})`;
}

function shuffled(items) {
  return items
    .map(item => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
