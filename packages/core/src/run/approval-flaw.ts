/** Why an approval does not count, in the order in which it is asked. */
export const APPROVAL_FLAWS = ['no-person', 'own', 'expired', 'other-plan', 'other-targets', 'again'] as const
export type ApprovalFlaw = (typeof APPROVAL_FLAWS)[number]

/** What each flaw is called: "B. Ito’s does not count: expired". */
export const APPROVAL_FLAW_WORDS: Readonly<Record<ApprovalFlaw, string>> = {
  'no-person': 'not given by a person',
  own: 'by whoever started the run',
  expired: 'expired',
  'other-plan': 'of another plan',
  'other-targets': 'of other targets',
  again: 'by the same person again',
}
