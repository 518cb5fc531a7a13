import { describe, expect, it } from 'vitest'
import { loadWorld, parseWorld, WorldFileError, worldNames, type WorldProblem } from './load-world.ts'

const problemsOf = (text: string): readonly WorldProblem[] => {
  try {
    parseWorld(text, 'my-world.yaml')
  } catch (error) {
    if (error instanceof WorldFileError) return error.problems
    throw error
  }
  return []
}

const SMALL = `apiVersion: firedrill.dev/v1
kind: World
metadata: { name: small }
spec:
  account: '111122223333'
  regions:
    - { name: eu-west-1, network: 198.51.100.0/24, zones: [eu-west-1a] }
  groups:
    - { name: web, region: eu-west-1, instances: 1 }
  loadBalancers:
    - { name: front, region: eu-west-1, group: web }
`

describe('a world file', () => {
  it('is valid for every world that comes along', () => {
    expect(worldNames()).toEqual([
      'active-active',
      'backup-and-restore',
      'no-failover',
      'pilot-light',
      'single-region',
      'slow-replica',
      'spot-fleet',
      'three-regions',
      'warm-standby',
      'weighted-standby',
    ])
    for (const name of worldNames()) expect(loadWorld(name).metadata.name).toBe(name)
    expect(problemsOf(SMALL)).toEqual([])
  })

  it('is refused with the place and a remedy for an unknown field', () => {
    const [problem] = problemsOf(SMALL.replace('instances: 1', 'instances: 1, colour: red'))
    expect(problem).toMatchObject({ file: 'my-world.yaml', line: 9, path: 'spec.groups.0.colour' })
    expect(problem?.column).toBe(53)
    expect(problem?.remedy).toContain('spelling')
  })

  it('is refused for a name that names nothing, listing those that would do', () => {
    const [problem] = problemsOf(SMALL.replace('group: web', 'group: wed'))
    expect(problem).toMatchObject({ line: 11, path: 'spec.loadBalancers.0.group' })
    expect(problem?.remedy).toBe('Use one of: web.')
  })

  it('is refused where plain HTTP and TLS are to share a port', () => {
    const withTls = (https: string): string => SMALL.replace('group: web }', `group: web, https: ${https} }`)
    expect(problemsOf(withTls('{ expiresInDays: -1, chain: leaf-only }'))).toEqual([])
    const [problem] = problemsOf(withTls('{ port: 80 }'))
    expect(problem).toMatchObject({ line: 11, path: 'spec.loadBalancers.0.https' })
    expect(problem?.remedy).toContain('another port')
  })

  it('is refused with all problems at once', () => {
    const bad = SMALL.replace("'111122223333'", '12').replace('instances: 1', 'instances: -1')
    expect(problemsOf(bad).map(({ line }) => line)).toEqual([5, 9])
  })

  it('is refused where it is not YAML', () => {
    const [problem] = problemsOf(SMALL.replace('{ name: small }', '{ name: small'))
    expect(problem?.line).toBeGreaterThanOrEqual(3)
    expect(problem?.remedy).toContain('YAML')
  })

  it('is refused, and never crashes, for aliases that lead nowhere or to too much, and for a text that is no world', () => {
    const laughs = Array.from(
      { length: 12 },
      (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n}, `.repeat(9)}*a${n}]`,
    )
    for (const text of ['a: *b', `a0: &a0 x\n${laughs.join('\n')}`, 'x'.repeat(10_000_000)]) {
      const [problem] = problemsOf(text)
      expect(problem).toMatchObject({ line: 1, column: 1, remedy: expect.stringMatching(/.{10}/) })
    }
  })

  it('says which worlds there are when there is none of that name', () => {
    expect(() => loadWorld('warm-standbye')).toThrow(
      /Name a file, or one of: active-active, backup-and-restore, no-failover, pilot-light, single-region, slow-replica, spot-fleet, three-regions, warm-standby, weighted-standby/,
    )
  })
})
