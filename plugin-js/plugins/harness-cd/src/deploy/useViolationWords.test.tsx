import { screen } from '@testing-library/react';
import type { Violation } from 'backstage-plugin-harness-cd-common';
import { InMemoryHarnessCd } from '../__testUtils__/InMemoryHarnessCd';
import { renderOnEntityPage } from '../__testUtils__/renderOnEntityPage';
import { useViolationWords } from './useViolationWords';

type WithParams = Violation & { params?: Record<string, string | number | string[]> };

function Words({ violation }: { violation: WithParams }) {
  return <output>{useViolationWords()(violation, 'Image tag')}</output>;
}

it.each([
  ['FIELD_TOO_LONG', { label: 'imageTag', length: 130, excess: 2 }, 'Image tag has 130 characters. Shorten it by 2.'],
  [
    'FIELD_CONTROL_CHARACTER',
    { label: 'imageTag', character: 'U+202E', name: 'right-to-left override' },
    'Image tag holds a character that nobody sees: right-to-left override (U+202E). Take it out.',
  ],
  [
    'REGION_UNKNOWN',
    { given: 'ew1', service: 'shop', suggestion: 'euw1' },
    'shop has no region “ew1”. Did you mean euw1?',
  ],
  [
    'VALUE_NOT_ALLOWED',
    { label: 'x', given: 'moon', choices: ['europe', 'asia'], more: 3 },
    'Image tag does not allow “moon”. It may be europe, asia and 3 others.',
  ],
  ['VALUE_OUT_OF_RANGE', { label: 'x', given: '9', greatest: '5' }, 'Image tag is at most 5, not 9.'],
  [
    'FIELD_TYPE',
    { label: 'x', given: 'many', expected: 'wholeNumber' },
    'Image tag takes a whole number, such as 3, not “many”.',
  ],
  [
    'VALUE_MALFORMED',
    { label: 'x', given: 'a', pattern: 'v.*' },
    '“a” does not have the form of Image tag. The whole of it has to match v.*.',
  ],
  ['IMAGE_TAG_INVALID', undefined, 'The words of the core'],
  ['OF_A_NEWER_CORE', { given: 'x' }, 'The words of the core'],
])('says %s with %j as a sentence with the label of the form', async (code, params, words) => {
  const violation = { code, path: '/imageTag', message: 'The words of the core', params } as WithParams;
  renderOnEntityPage(<Words violation={violation} />, new InMemoryHarnessCd());
  expect(await screen.findByText(words)).toBeInTheDocument();
});
