import { describe, expect, it } from 'vitest'
import { operatorVariables } from './operator-variables.ts'

describe('the surroundings of a sandbox', () => {
  it('hand on the ceilings and how people are called, and nothing else', () => {
    const said = {
      FIREDRILL_CEILING_TARGETS: '1',
      FIREDRILL_CEILING_PERCENT: '10',
      FIREDRILL_PAGE_COMMAND: 'call ops',
      FIREDRILL_PAGE_EVERY_MS: '60000',
      FIREDRILL_LOG_LEVEL: 'warn',
    }
    const kept = {
      AWS_ACCESS_KEY_ID: 'AKIA',
      DATABASE_URL: 'postgres://x',
      FIREDRILL_DASHBOARD_URL: 'http://x',
    }
    expect(operatorVariables({ ...said, ...kept })).toEqual(said)
  })
})
