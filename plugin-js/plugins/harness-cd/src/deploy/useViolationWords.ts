import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { Violation } from 'backstage-plugin-harness-cd-common';
import { harnessCdTranslationRef, violationMessages } from '../translation';

type Params = Violation['params'];

const ADVICE = { suggestion: ['suggestion'], more: ['choices', 'more'], choices: ['choices'] } as const;

/** The parameters whose texts are words of the core: each has a table of what the page says for them. */
const PHRASED = ['expected', 'why'] as const;

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

/**
 * The sentence for a violation in the words of the page, with what the form calls the field. What a newer core finds, and
 * this version has no words for, is said in the core's own.
 */
export function useViolationWords(): (violation: Violation, label?: string) => string {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  // The keys come from the tables of the translation, but no type can follow them there.
  const say = t as unknown as (key: string, params?: object) => string;

  const filled = (params: Params, label: string | undefined) => {
    const texts = Object.entries(params).map(([name, value]) => [name, [value].flat().join(', ')]);
    const phrases = PHRASED.filter(name => name in params).map(name => [name, say(`${name}.${params[name]}`)]);
    return { ...Object.fromEntries([...texts, ...phrases]), ...(label !== undefined && { label }) };
  };

  return ({ code, params, message }, label) => {
    const variant = variantOf(code, params);
    if (variant === undefined) return message;
    const words = filled(params, label);
    const advice = Object.entries(ADVICE).find(([, needed]) => needed.every(name => name in params))?.[0];
    const sentence = say(`violation.${code}.${variant}`, words);
    return advice === undefined ? sentence : `${sentence} ${say(`advice.${advice}`, words)}`;
  };
}
