import { describe, expect, it } from 'vitest'
import { effectivePermissions, isGranted, isGrantedSomewhere, mayGive, parseGrant } from './grants.ts'
import { isReading, PERMISSIONS } from './permissions.ts'
import { ROLE_PERMISSIONS, ROLES } from './roles.ts'

describe('grants', () => {
  it('deny what they do not name, and text that is no grant grants nothing', () => {
    for (const permission of PERMISSIONS) {
      expect(isGranted([], permission)).toBe(false)
      expect(isGranted(['role:root', 'runs:*', '* ', '*@', '*@a@b', 'ROLE:admin', ''], permission)).toBe(
        false,
      )
      for (const other of PERMISSIONS) expect(isGranted([other], permission)).toBe(other === permission)
      // The control: the word that does grant it.
      expect(isGranted(['*'], permission)).toBe(true)
    }
  })

  it('that are limited to an environment read in the team, and change nothing elsewhere or in all of it', () => {
    for (const permission of PERMISSIONS) {
      const granted = ['*@staging']
      expect(isGranted(granted, permission, 'staging')).toBe(true)
      expect(isGranted(granted, permission, 'production')).toBe(isReading(permission))
      expect(isGranted(granted, permission)).toBe(isReading(permission))
      expect(isGrantedSomewhere(granted, permission)).toBe(true)
    }
    expect(parseGrant('role:operator@staging')).toEqual({
      what: { role: 'operator' },
      environment: 'staging',
    })
  })

  it('are passed on by nobody who does not hold them', () => {
    expect(mayGive(['*'], '*')).toBe(true)
    expect(mayGive(['role:admin'], '*')).toBe(false)
    expect(mayGive(['*@staging'], '*')).toBe(false)
    expect(mayGive(['*@staging'], '*@staging')).toBe(true)
    expect(mayGive(['*@staging'], 'role:viewer')).toBe(true)
    expect(mayGive(['role:admin@staging'], 'runs:start@production')).toBe(false)
    expect(mayGive(['role:admin@staging'], 'runs:start@staging')).toBe(true)
    for (const [mine, theirs] of ROLES.flatMap((a) => ROLES.map((b) => [a, b] as const))) {
      const isSubset = ROLE_PERMISSIONS[theirs].every((one) => ROLE_PERMISSIONS[mine].includes(one))
      expect(mayGive([`role:${mine}`], `role:${theirs}`), `${mine} gives ${theirs}`).toBe(isSubset)
    }
  })
})

describe('roles', () => {
  it('keep starting and approving apart, and everybody but the admin from keys and environments', () => {
    const may = (role: (typeof ROLES)[number]) => effectivePermissions([`role:${role}`])
    expect(may('viewer').filter((one) => !one.endsWith(':read'))).toEqual(['session:create'])
    for (const role of ['viewer', 'responder', 'operator', 'auditor'] as const)
      expect(may(role)).not.toContain('runs:approve')
    for (const role of ['viewer', 'responder', 'approver', 'auditor'] as const)
      expect(may(role)).not.toContain('runs:start')
    for (const role of ROLES.filter((one) => one !== 'admin'))
      expect(
        may(role).filter((one) => ['tokens:write', 'environments:write', 'halt:lift'].includes(one)),
      ).toEqual([])
    expect(may('admin').toSorted()).toEqual([...PERMISSIONS].toSorted())
  })
})
