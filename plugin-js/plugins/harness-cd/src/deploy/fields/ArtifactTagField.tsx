import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Combobox, VisuallyHidden } from '@backstage/ui';
import { useSettled } from '../../shared/useSettled';
import { harnessCdTranslationRef } from '../../translation';
import { useChoices, type KnownChoices } from './useChoices';
import { useInputProps, type FieldOf } from './useInputProps';

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

/** An input that takes a tag of an artifact: found among the builds that Harness lists, and always by hand as well. */
export function ArtifactTagField(props: FieldOf<string>) {
  const { form, input, entry, isFirst } = props;
  const { description, ...inputProps } = useInputProps(props);
  // Who has chosen a tag and opens the list again sees the others.
  const [chosen, setChosen] = useState<string>();
  const known = useChoices(input, form, useSettled(entry === chosen ? '' : entry.trim(), SETTLED_MS));
  const words = useWords(known);
  const { choices } = known.answer ?? {};
  return (
    <div>
      <Combobox
        {...inputProps}
        description={[description, words].filter(Boolean).join(' ')}
        // eslint-disable-next-line jsx-a11y/no-autofocus
        autoFocus={isFirst}
        size="medium"
        allowsCustomValue
        // A list that is not there, or that nothing fits, would say that there is nothing: the words below say it.
        menuTrigger={choices?.length ? 'input' : 'manual'}
        placeholder={input.default}
        options={choices?.map(({ value, name }) => ({ id: value, label: name })) ?? []}
        search={{ mode: 'server', inputValue: entry, onInputChange: text => form.changeInput(input.pointer, text) }}
        onChange={key => setChosen(key === null ? undefined : String(key))}
      />
      <VisuallyHidden role="status">{words}</VisuallyHidden>
    </div>
  );
}
