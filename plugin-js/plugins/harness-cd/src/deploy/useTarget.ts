import { useEffect, useMemo, useRef } from 'react';
import type { DeployTarget, DeployTargetResponse, Violation } from 'backstage-plugin-harness-cd-common';
import { withSavedFields, type DeployDraft } from './draft';
import { NOTHING_SAVED, standingValues } from './inputs';
import { useAskedInputs } from './useAskedInputs';
import { useSavedInputs } from './useInputSets';

const NO_VIOLATIONS: Violation[] = [];

/**
 * What the form is checked against: what the backend says, with what the chosen input sets answer, and what was chosen by
 * them or by hand asks for.
 */
export function useTarget(
  { rules, inputs: own, stages }: DeployTargetResponse,
  draft: DeployDraft,
  setDraft: (draft: DeployDraft) => void,
) {
  const { inputSets } = draft;
  const { data, error, isPlaceholderData, refetch } = useSavedInputs(inputSets);
  const known = inputSets.length > 0 ? data : undefined;
  const saved = useMemo(
    () => known && standingValues(known.values, draft.inputs, own ?? []),
    [known, draft.inputs, own],
  );
  const asked = useAskedInputs(own, draft.inputs, saved ?? NOTHING_SAVED);
  const inputs = asked?.inputs;
  const target: DeployTarget = useMemo(() => ({ rules, inputs, stages, saved }), [rules, inputs, stages, saved]);

  // Who chooses input sets fills the fields of the service with them, once; what a person changes there afterwards stays.
  const chosen = inputSets.join(' ');
  const filledFor = useRef(chosen);
  useEffect(() => {
    if (filledFor.current === chosen || isPlaceholderData || !known || !rules || !inputs) return;
    filledFor.current = chosen;
    setDraft(withSavedFields(draft, rules, { inputs, saved: known.values }));
  });

  return {
    target,
    /** The objects that stand for what is asked for in turn. */
    asking: asked?.asking,
    inputSets: {
      /** What is wrong with the chosen sets. */
      violations: known?.violations ?? NO_VIOLATIONS,
      /** Why it is not known what they answer. */
      error: inputSets.length > 0 ? error : null,
      onRetry: refetch,
    },
  };
}
