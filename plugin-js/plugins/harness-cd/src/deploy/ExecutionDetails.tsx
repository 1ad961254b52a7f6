import type { Deployment } from 'backstage-plugin-harness-cd-common';
import type { QuestionOf } from '../execution/asking';
import { RunProgress } from '../execution/RunProgress';
import { Question } from './question/Question';

const questionOf: QuestionOf = (asking, { executionId, url }) => (
  <Question key={asking.node} asking={asking} executionId={executionId} url={url} />
);

/**
 * A run with its stages and steps, followed live until it ends, and the fields of what it asks for before it goes on.
 *
 * @public
 */
export function ExecutionDetails(props: {
  executionId: string;
  /** The row of the history that the run is looked at from: what it says is shown at once. */
  deployment?: Deployment;
}) {
  return <RunProgress questionOf={questionOf} {...props} />;
}
