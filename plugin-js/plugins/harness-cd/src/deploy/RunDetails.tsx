import type { ComponentProps } from 'react';
import { ExecutionDetails } from '../execution/ExecutionDetails';
import type { QuestionOf } from '../execution/asking';
import { Question } from './question/Question';

const questionOf: QuestionOf = (asking, { executionId, url }) => (
  <Question key={asking.node} asking={asking} executionId={executionId} url={url} />
);

/** A run with its stages and steps, and the fields of what it asks for before it goes on. */
export function RunDetails(props: ComponentProps<typeof ExecutionDetails>) {
  return <ExecutionDetails questionOf={questionOf} {...props} />;
}
