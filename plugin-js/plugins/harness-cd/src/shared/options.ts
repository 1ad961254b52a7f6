/** One of what may be chosen. */
export interface Option<T extends string = string> {
  value: T;
  label: string;
}

/** Options, and behind them what is chosen and is none of them: it is shown as long as it is chosen. */
export function withChosen(options: Option[], chosen: string[], labelOf = (value: string) => value): Option[] {
  const others = chosen.filter(value => !options.some(option => option.value === value));
  return [...options, ...others.map(value => ({ value, label: labelOf(value) }))];
}
