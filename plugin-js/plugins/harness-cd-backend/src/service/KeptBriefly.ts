/** Answers that are found out once for all who ask within a few seconds; a failure is not kept. */
export class KeptBriefly<T> {
  readonly #kept = new Map<string, { at: number; answer: Promise<T> }>();

  constructor(private readonly options: { forMs: number; most: number }) {}

  /** The answer to a question, found out where it is not known of now. */
  get(question: string, find: () => Promise<T>): Promise<T> {
    const now = performance.now();
    const known = this.#kept.get(question);
    if (known && known.at > now - this.options.forMs) return known.answer;
    const entry = { at: now, answer: find() };
    entry.answer.catch(() => {
      if (this.#kept.get(question) === entry) this.#kept.delete(question);
    });
    // The one that is kept for longest comes first.
    this.#kept.delete(question);
    this.#kept.set(question, entry);
    this.#forget(now);
    return entry.answer;
  }

  #forget(now: number): void {
    for (const [question, { at }] of this.#kept) {
      if (at > now - this.options.forMs && this.#kept.size <= this.options.most) return;
      this.#kept.delete(question);
    }
  }
}
