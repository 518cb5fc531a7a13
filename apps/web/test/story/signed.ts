import type { SIGN_OFF_ROLES, SignOffSheetView } from '@firedrill/contracts'
import { platform } from './clock.ts'

/** What a person signs as. */
export type SignedRole = (typeof SIGN_OFF_ROLES)[number]

const ROLES: readonly SignedRole[] = ['prepared', 'reviewed', 'accepted']
const REPORT = 'd5e690635dba'.padEnd(64, '0')

/** The sign-off of a report after these acts, all of one person, as in a sandbox. */
export function signOffSheet(signed: readonly SignedRole[]): SignOffSheetView {
  return {
    report: REPORT,
    data: REPORT,
    next: ROLES[signed.length] ?? null,
    acts: signed.map((role, index) => ({
      seq: index + 1,
      role,
      report: REPORT,
      data: REPORT,
      by: { kind: 'person', id: 'tok_1', name: 'M. Okafor' },
      note: 'read with the team',
      own: index > 0,
      at: platform(900 + index),
      isVoid: false,
      hash: REPORT,
    })),
  }
}
