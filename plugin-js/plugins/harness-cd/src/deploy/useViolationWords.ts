import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { Violation } from 'backstage-plugin-harness-cd-common';
import { harnessCdTranslationRef, violationMessages } from '../translation';

/** What a sentence about a violation needs; an older core gives none, and its own sentence alone. */
type Params = Readonly<Record<string, string | number | readonly string[]>>;

const ADVICE = { suggestion: ['suggestion'], more: ['choices', 'more'], choices: ['choices'] } as const;

function paramsOf(violation: Violation & { params?: Params }): Params | undefined {
  return violation.params;
}

/** The names of what a message is filled with. */
function namesIn(message: string): string[] {
  return [...message.matchAll(/{{(\w+)}}/g)].map(([, name]) => name);
}

function variantOf(code: string, params: Params): string | undefined {
  const variants: Readonly<Record<string, string>> = Object.hasOwn(violationMessages, code)
    ? violationMessages[code as keyof typeof violationMessages]
    : {};
  return Object.entries(variants).find(([name, message]) =>
    [name, ...namesIn(message)].every(needed => needed in params),
  )?.[0];
}

/** The sentence for a violation in the words of the page, with what the form calls the field; or else the core's own. */
export function useViolationWords(): (violation: Violation, label?: string) => string {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  // The keys come from the tables of the translation, but no type can follow them there.
  const say = t as unknown as (key: string, params?: object) => string;

  const filled = (params: Params, label: string | undefined) => ({
    ...Object.fromEntries(Object.entries(params).map(([name, value]) => [name, [value].flat().join(', ')])),
    ...(typeof params.expected === 'string' && { expected: say(`expected.${params.expected}`) }),
    ...(label !== undefined && { label }),
  });

  return (violation, label) => {
    const params = paramsOf(violation);
    const variant = params && variantOf(violation.code, params);
    if (!params || variant === undefined) return violation.message;
    const words = filled(params, label);
    const advice = Object.entries(ADVICE).find(([, needed]) => needed.every(name => name in params))?.[0];
    const sentence = say(`violation.${violation.code}.${variant}`, words);
    return advice === undefined ? sentence : `${sentence} ${say(`advice.${advice}`, words)}`;
  };
}
