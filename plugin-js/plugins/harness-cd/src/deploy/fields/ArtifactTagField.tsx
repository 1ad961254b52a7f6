import { TagCombobox } from './TagCombobox';
import { useInputProps, type FieldOf } from './useInputProps';

/** An input of the pipeline that takes a tag of an artifact. */
export function ArtifactTagField(props: FieldOf<string>) {
  const { form, input, entry, isFirst } = props;
  return (
    <TagCombobox
      form={form}
      input={input}
      field={useInputProps(props)}
      entry={entry}
      onEntry={text => form.changeInput(input.pointer, text)}
      isFirst={isFirst}
      placeholder={input.default}
    />
  );
}
