import { isStatusFilter } from './statusFilter';

it.each([
  ['failed', true],
  ['toString', false],
  [null, false],
])('tells whether %j is a status filter', (text, expected) => {
  expect(isStatusFilter(text)).toBe(expected);
});
