import { EVERYTHING, isReading, PERMISSIONS, type Permission } from './permissions.ts'
import { ROLE_PERMISSIONS, ROLES, type Role } from './roles.ts'

/**
 * What somebody was given, as it is written: `*`, a permission, or `role:ROLE`, each with `@ENVIRONMENT` when it holds in one
 * environment alone. A limited grant reads in the whole team and changes nothing outside of its environment.
 */
export type Grant = Readonly<{
  what: Readonly<{ all: true } | { role: Role } | { permission: Permission }>
  environment?: string
}>

const ENVIRONMENT = /^[a-z][a-z0-9-]{0,62}$/

/** Reads a grant; undefined for text that is none, which then grants nothing. */
export function parseGrant(text: string): Grant | undefined {
  const [word = '', environment, ...more] = text.split('@')
  if (more.length > 0 || (environment !== undefined && !ENVIRONMENT.test(environment))) return undefined
  const what = whatOf(word)
  if (what === undefined) return undefined
  return environment === undefined ? { what } : { what, environment }
}

function whatOf(word: string): Grant['what'] | undefined {
  if (word === EVERYTHING) return { all: true }
  const role = ROLES.find((known) => word === `role:${known}`)
  if (role !== undefined) return { role }
  const permission = PERMISSIONS.find((known) => known === word)
  return permission === undefined ? undefined : { permission }
}

/**
 * True when a list of grants allows something. `environment`: where it acts; left out, it acts on the whole team or on no
 * environment that is known, and a limited grant does not cover that.
 */
export function isGranted(granted: readonly string[], permission: Permission, environment?: string): boolean {
  return granted.some((text) => {
    const grant = parseGrant(text)
    if (grant === undefined || !covers(grant, permission)) return false
    return grant.environment === undefined || isReading(permission) || grant.environment === environment
  })
}

/** True when a list of grants allows something in some environment at least. */
export function isGrantedSomewhere(granted: readonly string[], permission: Permission): boolean {
  return granted.some((text) => {
    const grant = parseGrant(text)
    return grant !== undefined && covers(grant, permission)
  })
}

/** True when whoever holds `granted` may pass `text` on: nobody gives what they do not have. */
export function mayGive(granted: readonly string[], text: string): boolean {
  const grant = parseGrant(text)
  if (grant === undefined) return false
  if ('all' in grant.what)
    return granted.some((own) => {
      const held = parseGrant(own)
      return (
        held !== undefined &&
        'all' in held.what &&
        (held.environment ?? grant.environment) === grant.environment
      )
    })
  return PERMISSIONS.filter((permission) => covers(grant, permission)).every((permission) =>
    isGranted(granted, permission, grant.environment),
  )
}

/** Every permission that a list of grants allows somewhere; `*` alone where everything is. */
export function effectivePermissions(granted: readonly string[]): readonly string[] {
  if (granted.includes(EVERYTHING)) return [EVERYTHING]
  return PERMISSIONS.filter((permission) => isGrantedSomewhere(granted, permission))
}

function covers({ what }: Grant, permission: Permission): boolean {
  if ('all' in what) return true
  return 'role' in what ? ROLE_PERMISSIONS[what.role].includes(permission) : what.permission === permission
}
