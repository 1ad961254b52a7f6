import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { TextField } from '@backstage/ui';
import { SecondaryText } from '../../shared/SecondaryText';
import { harnessCdTranslationRef } from '../../translation';
import type { Members } from '../inputs';
import { FieldGroup } from './FieldGroup';
import styles from './fields.module.css';
import { useInputProps, type FieldOf } from './useInputProps';

/** What tells a source from others, and what it asks for, as a request calls them. */
const MEMBERS = ['identifier', 'type', 'tag'] as const;

/** Whether something is given, and something is missing. */
function isIncomplete(entry: Members): boolean {
  const given = MEMBERS.filter(member => (entry[member] ?? '').trim() !== '');
  return given.length > 0 && given.length < MEMBERS.length;
}

/** The artifact source of a service, with the tag that it asks for. */
export function SourcesField(props: FieldOf<Members>) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { form, input, entry } = props;
  const { label, description, isRequired, ...inputProps } = useInputProps(props);
  const reasons = inputProps.validate();
  const validate = () => (reasons.length > 0 && isIncomplete(entry) ? [t('source.incomplete')] : reasons);
  return (
    <FieldGroup title={label}>
      <SecondaryText as="p" variant="body-small">
        {[description, t('source.hint')].filter(Boolean).join(' ')}
      </SecondaryText>
      <div className={styles.place}>
        {MEMBERS.map((member, index) => (
          <TextField
            key={member}
            // What is wrong is said once, and tied to the first of them.
            {...(index === 0 && { ...inputProps, validate })}
            label={t(`source.${member}`)}
            isRequired={isRequired}
            autoComplete="off"
            spellCheck="false"
            placeholder={t(`source.${member}Example`)}
            value={entry[member] ?? ''}
            onChange={text => form.changeInput(input.pointer, { ...entry, [member]: text })}
            onBlur={() => index === MEMBERS.length - 1 && inputProps.onBlur()}
          />
        ))}
      </div>
    </FieldGroup>
  );
}
