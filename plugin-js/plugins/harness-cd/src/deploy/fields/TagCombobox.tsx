import { useState, type KeyboardEvent } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Combobox, VisuallyHidden } from '@backstage/ui';
import type { RuntimeInput } from 'backstage-plugin-harness-cd-common';
import { useSettled } from '../../shared/useSettled';
import { harnessCdTranslationRef } from '../../translation';
import type { DeployFormState } from '../useDeployForm';
import { useChoices, type KnownChoices } from './useChoices';
import type { useFieldProps } from './useFieldProps';

/** So long nothing is typed before what was typed is looked for. */
const SETTLED_MS = 250;

/** How far the tags are known, and how many of them fit. */
function useWords({ answer, isWaiting, isUnknown }: KnownChoices): string {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  if (isWaiting) return t('tag.waiting');
  if (answer?.isPending) return t('tag.pending');
  if (isUnknown) return t('tag.unknown', { why: answer?.failure?.message ?? t('tag.noWhy') });
  const { choices, total = choices?.length } = answer ?? {};
  if (!choices || total === undefined) return t('tag.loading');
  if (total > choices.length) return t('tag.more', { shown: String(choices.length), total: total.toLocaleString() });
  return total === 0 ? t('tag.none') : t('tag.fitting', { count: total });
}

/**
 * Keeps the list from taking Tab for a choice: a pointer that rests on the list, as after pasting, would put another tag
 * in the place of what was typed. Whoever leaves the field leaves it as it is; Enter and a click choose.
 */
function leaveAsItIs(event: KeyboardEvent) {
  if (event.key === 'Tab') event.stopPropagation();
}

/** A field that takes a tag of an artifact: found among the builds that Harness lists, and always by hand as well. */
export function TagCombobox(props: {
  form: DeployFormState;
  /** The input whose tags are looked for. */
  input: RuntimeInput;
  field: ReturnType<typeof useFieldProps> & { isRequired: boolean; description?: string; 'aria-describedby'?: string };
  entry: string;
  onEntry: (entry: string) => void;
  /** Whether the dialog starts here. */
  isFirst: boolean;
  placeholder?: string;
}) {
  const { form, input, field, entry, onEntry, isFirst, placeholder } = props;
  // Who has chosen a tag and opens the list again sees the others.
  const [chosen, setChosen] = useState<string>();
  const known = useChoices(input, form, useSettled(entry === chosen ? '' : entry.trim(), SETTLED_MS));
  const words = useWords(known);
  const { choices } = known.answer ?? {};
  return (
    <div role="presentation" onKeyDownCapture={leaveAsItIs}>
      <Combobox
        {...field}
        description={[field.description, words].filter(Boolean).join(' ')}
        // eslint-disable-next-line jsx-a11y/no-autofocus
        autoFocus={isFirst}
        size="medium"
        allowsCustomValue
        // A list that is not there, or that nothing fits, would say that there is nothing: the words below say it.
        menuTrigger={choices?.length ? 'input' : 'manual'}
        placeholder={placeholder}
        options={choices?.map(({ value, name }) => ({ id: value, label: name })) ?? []}
        search={{ mode: 'server', inputValue: entry, onInputChange: onEntry }}
        onChange={key => setChosen(key === null ? undefined : String(key))}
      />
      <VisuallyHidden role="status">{words}</VisuallyHidden>
    </div>
  );
}
