import type { Actor, Sha256 } from '@firedrill/core'
import { DEFAULT_TEAM } from '../security/first-token.ts'
import type { IdentityProvider, ProvenPerson } from './identity-provider.ts'

/** Sign-in as it is configured. */
export type SignIn = Readonly<{
  provider: IdentityProvider
  /** Origin under which people reach the dashboard. */
  publicUrl: string
  /** Group → grants. */
  groups: ReadonlyMap<string, readonly string[]>
}>

/** Where a person's grants come from, and who they are here. */
export type Admitted = Readonly<{ teamId: string; actor: Actor; permissions: readonly string[] }>

/** Begins every id of somebody who signed in; tokens of theirs act under it too. */
export const PERSON_PREFIX = 'usr_'

/**
 * A person by the provider's own id for them, so that neither another name nor another address makes a second one, and what their
 * groups may do. Undefined when they are in none that is known here.
 */
export function admit(person: ProvenPerson, groups: SignIn['groups'], sha256: Sha256): Admitted | undefined {
  const permissions = [...new Set(person.groups.flatMap((group) => groups.get(group) ?? []))]
  if (permissions.length === 0) return undefined
  const id = `${PERSON_PREFIX}${sha256(`${person.issuer}\n${person.subject}`).slice(0, 32)}`
  return { teamId: DEFAULT_TEAM, actor: { kind: 'person', id, name: person.name }, permissions }
}
