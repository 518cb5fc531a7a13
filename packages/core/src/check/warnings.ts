import type { Finding } from './finding.ts'

/** Findings that people should know before they start, in one sentence each, each once. */
export function warningsOf(findings: readonly Finding[]): readonly string[] {
  const worth = findings.filter(({ level }) => level === 'problem' || level === 'warning')
  return [...new Set(worth.map((finding) => findingInWords(finding)))]
}

/** A finding as one sentence: what about, what was found, what to do. */
export function findingInWords({ subject, verdict, remedy }: Finding): string {
  return `${subject}: ${verdict}${remedy === null ? '' : `; ${remedy}`}`
}
