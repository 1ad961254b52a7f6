import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { screen } from '@testing-library/react';
import type { DeployTarget, Violation, ViolationCode } from 'backstage-plugin-harness-cd-common';
import { loadHarnessCd, validateDeploy } from 'harness-cd-wasm';
import { InMemoryHarnessCd } from '../__testUtils__/InMemoryHarnessCd';
import { renderOnEntityPage } from '../__testUtils__/renderOnEntityPage';
import { useViolationWords } from './useViolationWords';

const OF_CORE = 'The words of the core';
const label = 'label of the core';

function Words({ violation }: { violation: Violation }) {
  return <output>{useViolationWords()(violation, 'Image tag')}</output>;
}

/** For each code every set of parameters that it is documented with: a code without a row does not compile. */
const WORDS: Record<ViolationCode, [Violation['params'], string][]> = {
  REQUEST_MALFORMED: [
    [{ why: 'syntax', line: 2, column: 14 }, 'The request cannot be read in line 2, column 14: there it is no JSON.'],
    [{ why: 'cut' }, 'The request cannot be read: it ends in the middle.'],
    [{ why: 'noObject' }, 'The request cannot be read: it is no JSON object.'],
    [
      { why: 'tooDeep' },
      'The request cannot be read: an input is nested more deeply than anything that a pipeline asks for.',
    ],
  ],
  FIELD_UNKNOWN: [
    [{ given: 'tga', suggestion: 'imageTag' }, '“tga” is no field of a deployment. Did you mean imageTag?'],
    [{ label }, 'Image tag means nothing to a pipeline that is in no config repo. Leave it out.'],
    [{ given: 'imageTag', field: 'Tag' }, '“imageTag” is given as Tag, a field of its own. Give it there.'],
  ],
  FIELD_TYPE: [
    [{ label, given: 'many', expected: 'wholeNumber' }, 'Image tag takes a whole number, such as 3, not “many”.'],
    ...(
      [
        ['text', 'a text'],
        ['texts', 'a list of texts'],
        ['oneValue', 'one value'],
        ['value', 'a text, a number, true or false, a list of such, or an object'],
        ['inputs', 'an object with a member for each input'],
        ['number', 'a number, such as 3 or 0.5'],
        ['wholeNumber', 'a whole number, such as 3'],
        ['boolean', 'true or false'],
        ['duration', 'a time span, such as 10m or 1h 30m'],
        ['build', 'a branch, a tag, the number of a pull request, or a commit'],
        ['pullRequest', 'the number of a pull request, such as 12'],
      ] as const
    ).map(([expected, words]): [Violation['params'], string] => [{ label, expected }, `Image tag takes ${words}.`]),
    [{ label, element: 'identifier, type' }, 'Image tag takes a list of objects that each have identifier, type.'],
    [
      { label, nameOrElement: 'serviceRef' },
      'Image tag takes a list of names, or of objects that each have serviceRef.',
    ],
  ],
  FIELD_TWICE: [
    [{ label }, 'Image tag is given twice. Keep one.'],
    [{ label, given: 'k8s' }, 'Image tag names “k8s” twice. Keep one.'],
  ],
  FIELD_REQUIRED: [
    [{ label, environment: 'prod' }, 'prod requires this.'],
    [{ label, pipeline: '' }, 'Fill this in.'],
    [{ label }, 'Fill this in.'],
    [{ label, default: '3' }, 'Give a value, or leave it out to run with “3”.'],
  ],
  FIELD_TOO_LONG: [[{ label, length: 130, excess: 2 }, 'Image tag has 130 characters. Shorten it by 2.']],
  FIELD_CONTROL_CHARACTER: [
    [
      { label, character: 'U+202E', name: 'right-to-left override' },
      'Image tag holds a character that nobody sees: right-to-left override (U+202E). Take it out.',
    ],
  ],
  EXPRESSION_FORBIDDEN: [
    [{ label, opener: '<+' }, 'Image tag holds “<+”, where Harness would begin to evaluate. Write it without.'],
  ],
  SERVICE_UNKNOWN: [[{ given: 'a', service: 'shop' }, '“a” is not the service of this page, shop.']],
  IMAGE_TAG_INVALID: [
    [
      { given: '-a' },
      '“-a” is no image tag: those have letters, digits, “_”, “.” and “-”, and start with neither of the last two.',
    ],
  ],
  IMAGE_TAG_MUTABLE: [
    [{ given: 'latest' }, '“latest” moves, so nobody could say later what ran. Give a tag that stays, such as v2.3.1.'],
  ],
  ENVIRONMENT_UNKNOWN: [
    [{ given: 'x', service: 'shop', choices: ['int', 'prod'] }, 'shop has no environment “x”. It may be int, prod.'],
  ],
  REGION_UNKNOWN: [
    [{ given: 'ew1', service: 'shop', suggestion: 'euw1' }, 'shop has no region “ew1”. Did you mean euw1?'],
  ],
  REGION_NOT_IN_ENVIRONMENT: [
    [
      { given: 'euw2', service: 'shop', environment: 'prod', choices: ['euw1'] },
      'shop does not run in euw2 of prod. It may be euw1.',
    ],
  ],
  CHANGE_TICKET_INVALID: [[{ given: 'chg' }, '“chg” is no ticket. Write it as CHG-1234.']],
  INPUT_UNKNOWN: [
    [{ given: 'zone' }, 'The pipeline asks for no “zone”.'],
    [
      { label, unchosen: 'Roll out' },
      'Image tag is asked for by Roll out, a stage that is not chosen. Leave it out, or choose the stage.',
    ],
    [
      { label, variable: 'imageTag' },
      'Image tag would not be followed: the pipeline asks for no “imageTag”. Bring it in step with the config repo.',
    ],
  ],
  INPUT_ONLY_IN_HARNESS: [
    [{ label, why: 'midRun' }, 'Image tag is asked for while the pipeline runs: answer it on its page then.'],
  ],
  INPUT_SET_UNKNOWN: [
    [{ given: 'nigthly', suggestion: 'nightly' }, 'The pipeline has no input set “nigthly”. Did you mean nightly?'],
  ],
  INPUT_SET_UNFIT: [
    [
      { given: 'old', reason: 'it is of another pipeline' },
      'The input set “old” does not fit the pipeline: it is of another pipeline. Bring it in step in Harness, or leave it out.',
    ],
  ],
  STAGES_FIXED: [
    [
      { given: 'build' },
      'The pipeline does not allow to run “build” alone. Run all of its stages, or allow the choice in Harness.',
    ],
  ],
  STAGE_UNKNOWN: [[{ given: 'biuld', suggestion: 'build' }, 'The pipeline has no stage “biuld”. Did you mean build?']],
  STAGE_INCOMPLETE: [
    [
      { given: 'deploy', needs: 'build' },
      'The stage deploy uses the stage build, which is not chosen. Choose both, or neither.',
    ],
  ],
  STAGE_UNGUARDED: [
    [
      { given: 'deploy', gate: 'approve', environment: 'prod' },
      'The stage deploy follows the approval approve, without which nothing may go to prod. Choose both.',
    ],
  ],
  STAGE_ELSEWHERE: [
    [
      { given: 'deploy_prod', elsewhere: 'prod', environment: 'int-stable' },
      'The stage deploy_prod deploys to prod, and int-stable is asked for. Leave it out, or ask for prod.',
    ],
  ],
  NOTHING_DEPLOYED: [
    [
      { environment: 'prod', choices: ['deploy_prod', 'roll_out'] },
      'None of the chosen stages deploys to prod. Choose one that does. It may be deploy_prod, roll_out.',
    ],
  ],
  APPROVAL_LEFT_OUT: [
    [
      { given: 'deploy', gate: 'approve' },
      'The stage deploy follows the approval approve, which is not chosen: nobody is asked.',
    ],
  ],
  TARGETS_CONTRADICT: [
    [
      { label, all: 'Deploy to all' },
      'Image tag names some, and Deploy to all takes all of them. Leave it empty, or set Deploy to all to false.',
    ],
  ],
  VALUE_NOT_ALLOWED: [
    [
      { label, given: 'moon', choices: ['europe', 'asia'], more: 3 },
      'Image tag does not allow “moon”. It may be europe, asia and 3 others.',
    ],
  ],
  CHOICE_UNKNOWN: [
    [
      { label, given: 'pre_euw1', within: 'int', suggestion: 'int_euw1' },
      'Harness lists no “pre_euw1” in int for Image tag. Did you mean int_euw1?',
    ],
    [{ label, given: 'shop' }, 'Harness lists no “shop” for Image tag.'],
  ],
  CHOICE_UNCHECKED: [
    [
      { label, given: 'shop' },
      'Harness did not say in full what may be chosen for Image tag, so nobody looked whether there is “shop”.',
    ],
  ],
  VALUE_MALFORMED: [
    [
      { label, given: 'a', pattern: 'v.*' },
      '“a” does not have the form of Image tag. The whole of it has to match v.*.',
    ],
    [
      { label, given: 'a', pattern: 'v.*', description: 'A release' },
      '“a” is not what Image tag asks for: A release. The whole of it has to match v.*.',
    ],
  ],
  YAML_MALFORMED: [
    [
      { label, line: 3, column: 5, reason: 'a key stands twice' },
      'Image tag cannot be read as YAML: line 3, column 5: a key stands twice.',
    ],
  ],
  VALUE_OUT_OF_RANGE: [
    [{ label, given: '9', greatest: '5' }, 'Image tag is at most 5, not 9.'],
    [{ label, given: '0', least: '1' }, 'Image tag is at least 1, not 0.'],
  ],
  CHANGE_WINDOW_CLOSED: [
    [
      { window: 'weekdays', environment: 'prod', opens: 'Mon 10:00' },
      'The change window weekdays of prod is closed. It opens on Mon 10:00.',
    ],
    [
      { window: 'weekdays', environment: 'prod' },
      'The change window weekdays of prod is closed and never opens. Correct it in the platform description.',
    ],
  ],
  CHANGE_WINDOW_LATER: [
    [
      { window: 'weekdays', environment: 'prod', opens: 'Mon 10:00' },
      'The change window weekdays of prod is closed and opens on Mon 10:00. Who approves may do so before; the pipeline looks at the time behind that.',
    ],
  ],
  TIME_ZONE_UNKNOWN: [
    [
      { window: 'weekdays', timeZone: 'Europe/Brelin' },
      'The change window weekdays is in the time zone Europe/Brelin, which is not known here. Correct it in the platform description.',
    ],
  ],
  MORE_VIOLATIONS: [[{ more: 7 }, 'There are 7 more reasons. Mend these first.']],
};

const ROWS = Object.entries(WORDS).flatMap(([code, rows]) =>
  rows.map(([params, words]) => [code, params, words] as const),
);

it.each([...ROWS, ['OF_A_NEWER_CORE', { given: 'x' }, OF_CORE] as const])(
  'says %s with %j as a sentence with the label of the form',
  async (code, params, words) => {
    const violation = { code: code as ViolationCode, path: '/imageTag', message: OF_CORE, params };
    renderOnEntityPage(<Words violation={violation} />, new InMemoryHarnessCd());
    expect(await screen.findByText(words)).toBeInTheDocument();
  },
);

/** What the core says of the requests of a table that stands for Rust, Node and the browser alike. */
function foundIn(table: string, targetOf: (cases: any) => DeployTarget, requestOf: (input: object) => object) {
  const cases = JSON.parse(readFileSync(join(__dirname, '../../../../../tests/cases', table), 'utf8'));
  const now = Date.parse(cases.now ?? '2026-11-24T12:00:00Z');
  return cases.cases.flatMap(({ input, request }: { input?: object; request?: object }) => {
    const verdict = validateDeploy(JSON.stringify(request ?? requestOf(input!)), targetOf(cases), now);
    return verdict.kind === 'rejected' ? verdict.violations : [];
  }) as Violation[];
}

it('has words of the page for whatever the core finds in its own tables', async () => {
  await loadHarnessCd();
  const found = [
    ...foundIn(
      'deploy-requests.json',
      ({ rules }) => ({ rules }),
      input => input,
    ),
    ...foundIn(
      'input-values.json',
      ({ inputs }) => ({ inputs }),
      inputs => ({ inputs }),
    ),
    ...foundIn(
      'saved-inputs.json',
      ({ inputs, saved }) => ({ inputs, saved }),
      () => ({}),
    ),
    ...foundIn(
      'chosen-stages.json',
      ({ inputs, stages }) => ({ inputs, stages }),
      () => ({}),
    ),
  ];
  expect(new Set(found.map(({ code }) => code)).size).toBeGreaterThan(15);
  renderOnEntityPage(
    <ul>
      {found.map((violation, index) => (
        <li key={index}>
          <Words violation={violation} />
        </li>
      ))}
    </ul>,
    new InMemoryHarnessCd(),
  );
  const said = (await screen.findAllByRole('listitem')).map(({ textContent }) => textContent);
  const wordless = found.filter(({ message }, index) => said[index] === message || /{{|[^.?]$/.test(said[index]!));
  expect(wordless).toEqual([]);
});
