import { useDeferredValue, useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { Choice } from 'backstage-plugin-harness-cd-common';
import { withChosen } from '../../shared/options';
import { harnessCdTranslationRef } from '../../translation';
import { ChosenField } from './ChosenField';
import { NamesField } from './NamesField';
import { TextInputField } from './TextInputField';
import { useChoices, type KnownChoices } from './useChoices';
import type { FieldOf } from './useInputProps';

type Props = FieldOf<string | string[]>;

/** A choice as people read it: its name, and the identifier where that is another. */
function labelOf({ name, value }: Choice): string {
  return name === value ? name : `${name} (${value})`;
}

/** What stands below the label: what the pipeline says, and how far the choices are known. */
function useHint({ input }: Props, { answer, isWaiting, isUnknown }: KnownChoices): string | undefined {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const state = () => {
    if (isWaiting) return t('choice.waiting');
    if (isUnknown) return t('choice.unknown');
    return answer?.hasMore ? t('choice.more') : undefined;
  };
  const extent = input.shape === 'environments' ? t('choice.allOfIt') : undefined;
  return [input.description, extent, state()].filter(Boolean).join(' ') || undefined;
}

/** What to choose from while something is searched: what fits, what is chosen already, and what was typed itself. */
function useOptions(choices: Choice[], given: string[], search: string) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const typed = search.trim();
  const fits = (choice: Choice) => labelOf(choice).toLowerCase().includes(typed.toLowerCase());
  const isListed = (value: string) => choices.some(choice => choice.value === value);
  const listed = choices
    .filter(choice => fits(choice) || given.includes(choice.value))
    .map(choice => ({ value: choice.value, label: labelOf(choice) }));
  // By hand is always possible: Harness does not list what an expression of the pipeline yields.
  const isNew = typed !== '' && !isListed(typed) && !given.includes(typed);
  const shown = withChosen(
    listed,
    given.filter(value => value !== ''),
  );
  return isNew ? [...shown, { value: typed, label: t('choice.typed', { value: typed }) }] : shown;
}

function ChosenByName(props: Props & { known: KnownChoices; search: string; onSearch: (text: string) => void }) {
  const { input, entry, known, search, onSearch } = props;
  return (
    <ChosenField
      {...props}
      description={useHint(props, known)}
      options={useOptions(known.answer?.choices ?? [], [entry].flat(), search)}
      takesSeveral={input.kind === 'list'}
      // What fits is found here, and what is typed is an option as well.
      search={{ text: search, onChange: onSearch }}
    />
  );
}

function TypedByHand(props: Props & { known: KnownChoices }) {
  const { input, entry, known } = props;
  const hint = useHint(props, known);
  if (input.kind === 'list') return <NamesField {...props} entry={[entry].flat()} hint={hint} />;
  return <TextInputField {...props} entry={String(entry)} hint={hint} />;
}

/** An input that takes one of Harness's own things, or several: by name, and by hand where Harness does not say. */
export function HarnessChoiceField(props: Props) {
  const { form, input } = props;
  const [search, setSearch] = useState('');
  const searched = useDeferredValue(search);
  const all = useChoices(input, form, '');
  const known = useChoices(input, form, all.answer?.hasMore ? searched : '');
  if (all.isWaiting || all.isUnknown) return <TypedByHand {...props} known={all} />;
  return <ChosenByName {...props} known={known} search={search} onSearch={setSearch} />;
}
