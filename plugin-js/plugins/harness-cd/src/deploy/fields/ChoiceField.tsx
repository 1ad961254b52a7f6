import { ChosenField } from './ChosenField';
import { useInputDescription, type FieldOf } from './useInputProps';

interface Props extends FieldOf<string | string[]> {
  choices: string[];
}

/** An input that takes one of the values that the pipeline allows, or several. */
export function ChoiceField(props: Props) {
  const { input, choices } = props;
  return (
    <ChosenField
      {...props}
      description={useInputDescription(input)}
      options={[...new Set(choices)].map(value => ({ value, label: value }))}
      takesSeveral={input.selectMany === true}
    />
  );
}
