import { ApiError, ERRORS, type ErrorCode } from '@firedrill/contracts'
import { expect, test } from 'vitest'
import { problemText } from './problem-text.ts'

function refusal(code: ErrorCode): ApiError {
  const { status, title } = ERRORS[code]
  return new ApiError('problem', 'it says why', {
    problem: { type: `/errors/${code}`, title, status, detail: 'it says why', code, problems: [] },
  })
}

test('every code of the error table has a title of its own words', () => {
  for (const code of Object.keys(ERRORS) as ErrorCode[]) expect(problemText(refusal(code)).title).not.toBe('')
})

test('without a session the page says how to get one', () => {
  const { command, todo } = problemText(refusal('not-signed-in'))
  expect(command).toBe('npm start')
  expect(todo).toContain('link')
})

test('a platform that is away says that undo does not depend on this page', () => {
  expect(problemText(new ApiError('unreachable', 'no answer')).todo).toContain('with or without this page')
})
