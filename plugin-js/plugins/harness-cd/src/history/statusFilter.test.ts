import { STATUSES_OF_GROUP } from 'backstage-plugin-harness-cd-common';
import { statusMessages } from '../translation';
import { isStatusFilter } from './statusFilter';

it.each([
  ['failed', true],
  ['toString', false],
  [null, false],
])('tells whether %j is a status filter', (text, expected) => {
  expect(isStatusFilter(text)).toBe(expected);
});

it('offers every status that has words under one filter, and under no other', () => {
  const offered = Object.values(STATUSES_OF_GROUP).flat();
  expect(offered.sort()).toEqual(Object.keys(statusMessages).sort());
});
