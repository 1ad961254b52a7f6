import { SecondaryText } from './SecondaryText';
import { type Dated, useFreshness } from './useFreshness';

/** Of when what is shown is, in small letters. */
export function FreshnessNote(dated: Dated) {
  return (
    <SecondaryText as="p" variant="body-small">
      {useFreshness(dated)}
    </SecondaryText>
  );
}
