import { ApiError } from '@firedrill/contracts'
import { expect, test } from 'vitest'
import { explain } from './explain.ts'

test('a refused file is explained with every wrong place in it', () => {
  const problem = {
    type: 'about:blank',
    title: 'Invalid',
    status: 422,
    detail: 'The scenario has 2 problems.',
    code: 'definition-invalid' as const,
    problems: [
      { path: 'spec.steps', message: 'at least one step is needed', line: 7, column: 3 },
      { path: 'spec.probs', message: 'unknown field', suggestion: 'Did you mean probes?' },
    ],
  }
  const error = new ApiError('problem', problem.detail, { problem })
  expect(explain(error)).toBe(
    'The scenario has 2 problems.\n  7:3 spec.steps: at least one step is needed\n  spec.probs: unknown field. Did you mean probes?',
  )
  expect(explain(new Error('no disk'))).toBe('no disk')
})
