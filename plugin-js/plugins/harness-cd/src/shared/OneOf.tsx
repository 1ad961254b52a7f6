import { ToggleButton, ToggleButtonGroup } from '@backstage/ui';
import type { Option } from './options';

/** A choice of one of a few, all of which are in view. */
export function OneOf<T extends string>(props: {
  label: string;
  options: Option<T>[];
  value: T;
  onChoose: (value: T) => void;
}) {
  const { label, options, value, onChoose } = props;
  return (
    <ToggleButtonGroup
      aria-label={label}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={([key]) => {
        const chosen = options.find(option => option.value === key);
        if (chosen) onChoose(chosen.value);
      }}
    >
      {options.map(option => (
        <ToggleButton key={option.value} id={option.value}>
          {option.label}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
