import { AppError } from '@firedrill/core'
import type { RunReports } from './use-cases.ts'

/** Placeholder until wired below. */
export function createReports(_stores: unknown): RunReports {
  const none = async (): Promise<never> => {
    throw new AppError('not-found', 'There is no report of this run yet.')
  }
  return { html: none, json: none }
}
