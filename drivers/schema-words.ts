import { type BaseIssue, getDotPath } from 'valibot';

/**
 * What is wrong with a file that a person wrote, in one line: the key, what was expected there, what was found; of a key
 * that holds a secret not what was found.
 */
export const issueWords = (issue: BaseIssue<unknown>, secretKeys: readonly string[] = []): string => {
  const key = getDotPath(issue) ?? 'the file';
  if (issue.kind === 'schema' && issue.expected === 'never') return `${key}: no such key`;
  if (issue.received === 'undefined') return `${key}: missing`;
  if (issue.type === 'integer') return `${key}: expected a whole number, found ${issue.received}`;
  const expected = issue.type === 'check' || issue.type === 'regex' ? issue.message : (issue.expected ?? issue.message);
  return `${key}: expected ${expected}, found ${secretKeys.includes(key) ? 'something else' : issue.received}`;
};
