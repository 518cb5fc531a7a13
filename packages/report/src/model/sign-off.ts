import {
  canonicalJson,
  SIGN_OFF_ROLES,
  standingSignOffs,
  type SignOff,
  type SignOffRole,
} from '@firedrill/core'
import type { ReportModel } from './model.ts'

/** One line of the sign-off. `report`: another version of the program wrote the same data with this hash then. */
export type SignOffLine = Readonly<
  { role: SignOffRole } & ({ state: 'open' } | { state: 'signed'; act: SignOff; isOtherReport: boolean })
>

/** Where the sign-off of a report stands: a line a role, and acts that no longer count because the data have changed. */
export type SignOffSheet = Readonly<{ lines: readonly SignOffLine[]; void: readonly SignOff[] }>

/** Text whose SHA-256 is what acts are about besides the report: journal, evidence, kits and agreed findings, whoever put them into words. */
export function dataText({
  run,
  journal,
  evidence,
  kits,
  findings,
}: Pick<ReportModel, 'run' | 'journal' | 'evidence' | 'kits' | 'findings'>): string {
  return canonicalJson({
    run: run.id,
    journal: { events: journal.events, head: journal.head },
    evidence: evidence.map(({ hash }) => hash).sort(),
    kits: kits.map(({ hash }) => hash).sort(),
    // What was agreed; how far it has come is progress, and no reason to sign again.
    findings: findings.map(({ number, gap, severity, owner, due }) => ({
      number,
      gap,
      severity,
      owner,
      due,
    })),
  })
}

/** Lays the acts of a run beside the report as it is now. */
export function signOffSheet(
  acts: readonly SignOff[],
  matter: Readonly<{ report: string; data: string }>,
): SignOffSheet {
  const standing = standingSignOffs(acts, matter.data)
  return {
    lines: SIGN_OFF_ROLES.map((role) => {
      const act = standing[role]
      return act === undefined
        ? { role, state: 'open' }
        : { role, state: 'signed', act, isOtherReport: act.report !== matter.report }
    }),
    void: acts.filter((act) => standing[act.role] !== act),
  }
}
