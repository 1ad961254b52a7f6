import { useMemo, useRef, useState, type FormEvent } from 'react';
import type { Deployment } from 'backstage-plugin-harness-cd-common';
import { placeName } from '../shared/place';
import { newIdempotencyKey, type Start } from '../shared/start';
import type { DeployFormState } from './useDeployForm';
import { useOtherRuns } from './useOtherRuns';
import type { Send } from './useStartDeployment';

/** What runs at the same place already. */
export interface OtherRuns {
  others: Deployment[];
  /** Starts all the same; there once it was asked for. */
  onStart: (() => void) | undefined;
}

/** Leads to a field. */
export function focusField(element: HTMLFormElement | null, field: string | undefined): void {
  element?.querySelector<HTMLElement>(`[data-field="${field}"] :is(input, textarea, button)`)?.focus();
}

/** One for a form: it is used up by a start, and the two halves of a double click have the same. */
function useIdempotencyKey(lastStart: Start | null): string {
  const lastKey = lastStart?.idempotencyKey;
  // eslint-disable-next-line react-hooks/exhaustive-deps
  return useMemo(newIdempotencyKey, [lastKey]);
}

/**
 * Starts what the form says. Where it is not right yet, leads to the first field that is not; where something else runs
 * at the same place, asks first.
 */
export function useSubmit(form: DeployFormState, lastStart: Start | null, send: Send) {
  const idempotencyKey = useIdempotencyKey(lastStart);
  const formRef = useRef<HTMLFormElement>(null);
  const others = useOtherRuns(form);
  const [askedOf, setAskedOf] = useState<string>();
  const place = placeName(form.draft);

  const attempt = (start: () => void) => {
    form.markSubmitted();
    if (form.blocking.length > 0) return;
    if (form.isValid) start();
    else focusField(formRef.current, form.firstInvalidField);
  };
  const start = () => send({ request: form.request, idempotencyKey });
  const otherRuns: OtherRuns = { others, onStart: askedOf === place ? () => attempt(start) : undefined };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    attempt(others.length > 0 ? () => setAskedOf(place) : start);
  };
  return { formRef, submit, otherRuns };
}
