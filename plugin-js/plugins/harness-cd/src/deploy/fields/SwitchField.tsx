import { useId } from 'react';
import { Switch } from '@backstage/ui';
import { SecondaryText } from '../../shared/SecondaryText';
import { fieldOfInput } from '../inputs';
import { useInputLabel } from '../useInputLabel';
import { useInputDescription, type FieldOf } from './useInputProps';
import styles from './fields.module.css';

/** An input that is true or false. */
export function SwitchField({ form, input, entry }: FieldOf<string>) {
  const description = useInputDescription(input);
  const labelOf = useInputLabel();
  const descriptionId = useId();
  const field = fieldOfInput(input);
  return (
    <div className={styles.switch} data-field={field}>
      <Switch
        name={field}
        label={labelOf(input)}
        aria-describedby={description ? descriptionId : undefined}
        isSelected={entry === 'true'}
        onChange={isSelected => form.changeInput(input.pointer, String(isSelected))}
      />
      {description && (
        <SecondaryText as="p" variant="body-small" id={descriptionId}>
          {description}
        </SecondaryText>
      )}
    </div>
  );
}
